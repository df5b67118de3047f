package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes that ops write which move elements or name their axes anew; sizes may be unknown. */
final class MovedShapes {
    private MovedShapes() {}

    /**
     * The sizes, −1 where unknown.
     *
     * @throws Unfoldable if the rank is unknown
     */
    static List<Long> dims(Shape shape) throws Unfoldable {
        List<Long> dims = shape.dims();
        if (dims == null) {
            throw new Unfoldable("");
        }
        return dims;
    }

    static Shape transposed(OpCall call, Shape input) throws Unfoldable {
        int rank = call.attributes().integers("perm").map(List::size).orElse(input.rank());
        if (rank < 0) {
            throw new Unfoldable("");
        }
        return Shape.of(ShapeConstants.permutation(call.attributes(), rank).stream()
                .mapToLong(input::dim)
                .toArray());
    }

    /** Parts side by side on {@code axis}; they agree on the other axes. */
    static Shape concatenated(List<Shape> parts, int axis) {
        int rank = parts.stream().mapToInt(Shape::rank).max().orElse(-1);
        if (parts.stream().anyMatch(p -> p.rank() >= 0 && p.rank() != rank) || axis < -rank || axis >= rank) {
            return Shape.unknown();
        }
        long[] sizes = new long[rank];
        for (int i = 0; i < rank; i++) {
            int own = i;
            LongStream known = parts.stream().mapToLong(p -> p.dim(own)).filter(d -> d >= 0);
            sizes[i] = known.max().orElse(Shape.UNKNOWN_DIM);
        }
        int joined = Math.floorMod(axis, rank);
        boolean known = parts.stream().allMatch(p -> p.dim(joined) >= 0);
        sizes[joined] = known ? parts.stream().mapToLong(p -> p.dim(joined)).sum() : Shape.UNKNOWN_DIM;
        return Shape.of(sizes);
    }

    static Shape squeezed(OpCall call, Shape input) throws Unfoldable {
        return new Shape(Dims.squeezed(dims(input), ShapeConstants.axes(call)));
    }

    static Shape unsqueezed(OpCall call, Shape input) throws Unfoldable {
        return new Shape(Dims.unsqueezed(dims(input), ShapeConstants.axes(call)));
    }

    static Shape flattened(OpCall call, Shape input) throws Unfoldable {
        if (input.rank() < 0) {
            return Shape.ofRank(2);
        }
        List<Long> dims = dims(input);
        int split = Dims.split(call.attributes().integer("axis", 1), dims.size());
        return Shape.of(product(dims.subList(0, split)), product(dims.subList(split, dims.size())));
    }

    private static long product(List<Long> dims) throws Unfoldable {
        return dims.stream().anyMatch(d -> d < 0) ? Shape.UNKNOWN_DIM : Dims.elements(dims);
    }

    /** A Reshape to constant sizes, of which 0 keeps one and −1 takes what is left. */
    static Shape reshaped(OpCall call, Shape input) throws Unfoldable {
        long[] target = call.integers(1);
        if (call.attributes().integer("allowzero", 0) != 0) {
            throw new Unfoldable("");
        }
        List<Long> from = input.dims() == null ? List.of(Shape.UNKNOWN_DIM) : new ArrayList<>(dims(input));
        long[] sizes = target.clone();
        for (int i = 0; i < target.length; i++) {
            sizes[i] = target[i] == 0 ? input.dim(i) : Math.max(target[i], Shape.UNKNOWN_DIM);
            if (target[i] == 0 && i < input.rank() && input.dim(i) < 0) {
                from.set(i, 1L); // kept, so that what the others share does not depend on it
            }
        }
        if (from.stream().allMatch(d -> d >= 0)) {
            List<Long> result = Dims.reshaped(from, target);
            for (int i = 0; i < target.length; i++) {
                sizes[i] = target[i] == -1 ? result.get(i) : sizes[i];
            }
        }
        return Shape.of(sizes);
    }
}
