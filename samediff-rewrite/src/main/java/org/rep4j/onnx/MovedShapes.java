package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes of what ops write that move, join or part elements, axis by axis. */
final class MovedShapes {
    static final Map<String, ShapeInference> OPS = Map.of(
            "Transpose", MovedShapes::transposed,
            "Concat", MovedShapes::concatenated,
            "Split", MovedShapes::parted,
            "Squeeze", MovedShapes::squeezed,
            "Unsqueeze", MovedShapes::unsqueezed,
            "DepthToSpace", MovedShapes::depthToSpace,
            "SpaceToDepth", MovedShapes::spaceToDepth);

    private MovedShapes() {}

    private static List<Shape> transposed(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        int named = call.attributes().integers("perm").map(List::size).orElse(input.rank());
        if (named < 0) {
            throw new Unfoldable("");
        }
        List<Integer> perm = ShapeConstants.permutation(call.attributes(), named);
        if (input.rank() >= 0 && input.rank() != named) {
            throw new Contradiction("it orders " + named + " axes but its input has rank " + input.rank());
        }
        return List.of(Shape.of(perm.stream().mapToLong(input::dim).toArray()));
    }

    private static List<Shape> concatenated(ShapeCall call) throws Unfoldable {
        List<Shape> parts = new ArrayList<>();
        for (int i = 0; i < call.inputs(); i++) {
            parts.add(call.required(i));
        }
        return List.of(concatenated(parts, call.attributes().integer("axis", 0)));
    }

    /** Parts side by side on {@code axis}; they agree on the other axes. */
    static Shape concatenated(List<Shape> parts, long axis) throws Unfoldable {
        Shape joined = Shape.unknown();
        for (Shape part : parts) {
            if (joined.dims() == null) {
                joined = part;
            } else if (part.dims() != null) {
                joined = joined(joined, part, Dims.axis(axis, joined.rank()));
            }
        }
        if (joined.dims() == null || parts.stream().allMatch(p -> p.dims() != null)) {
            return joined;
        }
        return joined.withDim(Dims.axis(axis, joined.rank()), Shape.UNKNOWN_DIM);
    }

    private static Shape joined(Shape a, Shape b, int axis) throws Unfoldable {
        if (a.rank() != b.rank()) {
            throw new Contradiction("it joins shapes of other ranks: " + a + " and " + b);
        }
        List<Long> dims = new ArrayList<>();
        for (int i = 0; i < a.rank(); i++) {
            boolean known = a.dim(i) >= 0 && b.dim(i) >= 0;
            dims.add(
                    i != axis
                            ? Dims.same(a.dim(i), b.dim(i), "it joins parts with %d and %d elements on another axis")
                            : known ? Math.addExact(a.dim(i), b.dim(i)) : Shape.UNKNOWN_DIM);
        }
        return new Shape(dims);
    }

    private static List<Shape> parted(ShapeCall call) throws Unfoldable {
        List<Long> dims = call.sizesOf(0);
        int axis = Dims.axis(call.attributes().integer("axis", 0), dims.size());
        return partSizes(call, dims.get(axis)).stream()
                .map(size -> new Shape(Dims.with(dims, axis, size)))
                .toList();
    }

    /**
     * The sizes of the parts of a Split.
     *
     * @param size of the axis that is parted, negative if unknown
     */
    static List<Long> partSizes(OpCall call, long size) throws Unfoldable {
        int count = call.node().getOutputCount();
        boolean computed = call.has(1) && !call.isKnown(1);
        Optional<long[]> named = computed ? Optional.empty() : call.integers("split", 1);
        if (named.isPresent()) {
            List<Long> sizes = Dims.boxed(named.get());
            long sum = 0;
            for (long part : sizes) {
                sum = part < 0 ? -1 : Math.addExact(sum, part);
            }
            if (sizes.size() != count || sizes.stream().anyMatch(p -> p < 0)) {
                throw new Contradiction("it has " + count + " outputs but parts of the sizes " + sizes);
            }
            Dims.same(size, sum, "its axis has %d elements but its parts have %d");
            return sizes;
        }
        if (computed || size < 0) {
            return Collections.nCopies(count, Shape.UNKNOWN_DIM);
        }
        boolean uneven = call.attributes().has("num_outputs");
        if (!uneven && size % count != 0) {
            throw new Contradiction("its axis of " + size + " elements does not part into " + count + " equal parts");
        }
        long part = (size + count - 1) / count;
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sizes.add(Math.max(0, Math.min(part, size - i * part)));
        }
        return sizes;
    }

    private static List<Shape> squeezed(ShapeCall call) throws Unfoldable {
        List<Long> dims = call.sizesOf(0);
        Optional<List<Long>> axes = axes(call);
        return List.of(new Shape(axes.isPresent() ? Dims.squeezed(dims, axes.get()) : Dims.squeezed(dims)));
    }

    private static List<Shape> unsqueezed(ShapeCall call) throws Unfoldable {
        List<Long> axes = axes(call).orElseThrow(() -> new Contradiction("it names no axes"));
        return List.of(new Shape(Dims.unsqueezed(call.sizesOf(0), axes)));
    }

    /** The axes of a Squeeze or Unsqueeze, empty where none is named. */
    static Optional<List<Long>> axes(OpCall call) throws Unfoldable {
        return call.integers("axes", 1).filter(a -> a.length > 0).map(Dims::boxed);
    }

    private static List<Shape> depthToSpace(ShapeCall call) throws Unfoldable {
        long block = block(call);
        Shape input = image(call);
        return List.of(Shape.of(
                input.dim(0),
                divided(input.dim(1), Dims.times(block, block), "channels"),
                scaled(input.dim(2), block),
                scaled(input.dim(3), block)));
    }

    private static List<Shape> spaceToDepth(ShapeCall call) throws Unfoldable {
        long block = block(call);
        Shape input = image(call);
        return List.of(Shape.of(
                input.dim(0),
                scaled(input.dim(1), Dims.times(block, block)),
                divided(input.dim(2), block, "rows"),
                divided(input.dim(3), block, "columns")));
    }

    private static long block(ShapeCall call) throws Contradiction {
        long block = call.attributes().integer("blocksize", 0);
        if (block < 1) {
            throw new Contradiction("it has blocks of " + block + " elements");
        }
        return block;
    }

    private static Shape image(ShapeCall call) throws Contradiction {
        Shape input = call.shape(0);
        if (input.rank() >= 0 && input.rank() != 4) {
            throw new Contradiction("its input has rank " + input.rank() + ", not 4");
        }
        return input;
    }

    private static long scaled(long size, long factor) throws Contradiction {
        return size < 0 ? Shape.UNKNOWN_DIM : Dims.times(size, factor);
    }

    private static long divided(long size, long by, String what) throws Contradiction {
        if (size >= 0 && size % by != 0) {
            throw new Contradiction("its " + size + " " + what + " are no multiple of " + by);
        }
        return size < 0 ? Shape.UNKNOWN_DIM : size / by;
    }
}
