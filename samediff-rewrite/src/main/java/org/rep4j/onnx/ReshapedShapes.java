package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes of what ops write that are told a shape: Reshape, Flatten, Expand, Tile. */
final class ReshapedShapes {
    static final Map<String, ShapeInference> OPS = Map.of(
            "Reshape", ReshapedShapes::reshaped,
            "Flatten", ReshapedShapes::flattened,
            "Expand", ReshapedShapes::expanded,
            "Tile", ReshapedShapes::tiled);

    private ReshapedShapes() {}

    private static List<Shape> reshaped(ShapeCall call) throws Unfoldable {
        long rank = call.required(1).dim(0);
        SizeVector target = call.vector(1).orElse(null);
        if (target == null) {
            return List.of(ofRank(rank));
        }
        boolean keepsZeros = call.attributes().integer("allowzero", 0) != 0;
        return List.of(Reshaping.of(call.shape(0), target.sizes(), keepsZeros).result());
    }

    /** The shape of this rank, a number that a file tells. */
    static Shape ofRank(long rank) throws Unfoldable {
        if (rank < 0 || rank > SizeVectors.LONGEST) {
            throw new Unfoldable("");
        }
        return Shape.ofRank((int) rank);
    }

    private static List<Shape> flattened(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        if (input.dims() == null) {
            return List.of(Shape.ofRank(2));
        }
        return List.of(new Shape(flattened(input.dims(), call.attributes().integer("axis", 1))));
    }

    /** The two sizes of a matrix of the elements of a tensor, split in front of {@code axis}. */
    static List<Long> flattened(List<Long> dims, long axis) throws Unfoldable {
        int split = Dims.split(axis, dims.size());
        return List.of(named(dims.subList(0, split)), named(dims.subList(split, dims.size())));
    }

    /** The product, which is unknown but still named if all but one are 1. */
    private static long named(List<Long> dims) throws Contradiction {
        List<Long> more = dims.stream().filter(d -> d != 1).toList();
        return more.size() == 1 ? more.get(0) : Dims.product(more);
    }

    private static List<Shape> expanded(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        long length = call.required(1).dim(0);
        SizeVector target = call.vector(1).orElse(null);
        if (input.dims() == null) {
            throw new Unfoldable("");
        }
        if (target == null) {
            // where the target is not known, no size is but those that cannot be stretched
            List<Long> unknown = Dims.of(ofRank(length));
            return List.of(new Shape(Dims.broadcast(input.dims(), unknown)));
        }
        List<Long> sizes = new ArrayList<>();
        for (Size size : target.sizes()) {
            if (size.isKnown() && size.number() < 0) {
                throw new Contradiction("it expands to the size " + size.number());
            }
            sizes.add(size.number());
        }
        return List.of(new Shape(Dims.broadcast(input.dims(), sizes)));
    }

    private static List<Shape> tiled(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        long length = call.required(1).dim(0);
        SizeVector repeats = call.vector(1).orElse(null);
        if (input.dims() == null) {
            return List.of(ofRank(length));
        }
        Dims.same(input.rank(), length, "its input has rank %d but it repeats %d axes");
        if (repeats == null) {
            return List.of(Shape.ofRank(input.rank()));
        }
        return List.of(new Shape(tiled(input.dims(), repeats.sizes())));
    }

    /** Each size as often as its axis is repeated. */
    static List<Long> tiled(List<Long> dims, List<Size> repeats) throws Unfoldable {
        if (repeats.size() != dims.size()) {
            throw new Contradiction(
                    "its input has rank " + dims.size() + " but it repeats " + repeats.size() + " axes");
        }
        List<Long> result = new ArrayList<>();
        for (int i = 0; i < dims.size(); i++) {
            Size times = repeats.get(i);
            if (times.isKnown() && times.number() < 0) {
                throw new Contradiction("it repeats axis " + i + " " + times.number() + " times");
            }
            result.add(Dims.times(dims.get(i), times.number()));
        }
        return result;
    }
}
