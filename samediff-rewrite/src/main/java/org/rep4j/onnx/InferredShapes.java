package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.Shape;

/** What is inferred of the values of a model beyond what {@link Shape} says: which unknown sizes are equal, and integers. */
final class InferredShapes {
    private final Map<String, Shape> shapes = new HashMap<>();
    private final Map<String, SizeVector> vectors = new HashMap<>();
    private final Set<String> doubtful = new HashSet<>();
    /** Names of unknown sizes are the negative numbers from −2 downwards. */
    private long nextName = Shape.UNKNOWN_DIM - 1;

    /** The shape of a value, {@code known} with a name for each unknown size if nothing was inferred. */
    Shape shape(String name, Shape known) {
        return shapes.computeIfAbsent(name, n -> named(known));
    }

    /** Keeps a shape, its unknown sizes named where they have no name yet. */
    void put(String name, Shape shape) {
        shapes.putIfAbsent(name, named(shape));
    }

    private Shape named(Shape shape) {
        if (shape.dims() == null || !shape.dims().contains(Shape.UNKNOWN_DIM)) {
            return shape;
        }
        List<Long> dims = new ArrayList<>();
        for (long dim : shape.dims()) {
            dims.add(dim == Shape.UNKNOWN_DIM ? nextName-- : dim);
        }
        return new Shape(dims);
    }

    /** The shape without names of unknown sizes. */
    static Shape plain(Shape shape) {
        return shape.dims() == null || shape.isFullyKnown()
                ? shape
                : new Shape(shape.dims().stream()
                        .map(d -> Math.max(d, Shape.UNKNOWN_DIM))
                        .toList());
    }

    void put(String name, SizeVector vector) {
        vectors.put(name, vector);
    }

    /** The integers of a computed value, as far as they are known. */
    Optional<SizeVector> vector(String name) {
        return Optional.ofNullable(vectors.get(name));
    }

    /** Notes that sizes of this value are not inferred but declared, in a model whose inputs may vary: they may be others. */
    void doubt(String name) {
        doubtful.add(name);
    }

    boolean isDoubtful(String name) {
        return doubtful.contains(name);
    }
}
