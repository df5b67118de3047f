package org.rep4j.verify;

import java.util.Collections;
import java.util.List;
import org.rep4j.graph.Shape;

/**
 * An input that a model wants to be fed.
 *
 * @param name its name
 * @param type what an element is
 * @param shape −1 where a size is free
 * @param dimNames a name per dimension, empty where it has none; dimensions of one name have one size
 */
public record InputSpec(String name, TensorType type, Shape shape, List<String> dimNames) {

    /** @throws IllegalArgumentException if there are not as many names as dimensions */
    public InputSpec {
        dimNames = List.copyOf(dimNames);
        if (dimNames.size() != Math.max(shape.rank(), 0)) {
            throw new IllegalArgumentException(name + shape + " has " + dimNames.size() + " dimension names");
        }
    }

    /** An input whose dimensions have no names. */
    public static InputSpec of(String name, TensorType type, Shape shape) {
        return new InputSpec(name, type, shape, Collections.nCopies(Math.max(shape.rank(), 0), ""));
    }
}
