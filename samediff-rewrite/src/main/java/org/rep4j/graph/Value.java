package org.rep4j.graph;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tensor that flows along an edge: what one node writes and others read.
 *
 * @param name unique in its graph
 * @param shape as far as known
 * @param type its number format, {@link ElementType#OTHER} if unknown
 * @param data the content of a constant, null of anything else
 */
public record Value(
        String name,
        Shape shape,
        ElementType type,
        @Nullable TensorData data) {

    /** A value that is computed or fed. */
    public static Value of(String name, Shape shape, ElementType type) {
        return new Value(name, shape, type, null);
    }

    /** A value that is stored in the graph. */
    public static Value constant(String name, TensorData data) {
        return new Value(name, data.shape(), data.type(), data);
    }

    /** The content, if this is a constant. */
    public Optional<TensorData> constant() {
        return Optional.ofNullable(data);
    }

    /** That of the name, which is unique in its graph: shapes are slow to hash. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** For example {@code features[?,64,56,56]}. */
    @Override
    public String toString() {
        return name + shape;
    }
}
