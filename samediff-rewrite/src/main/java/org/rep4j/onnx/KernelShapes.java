package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes of what Conv, ConvTranspose, Gemm and MatMul write. */
final class KernelShapes {
    static final Map<String, ShapeInference> OPS = Map.of(
            "Conv", KernelShapes::conv,
            "ConvTranspose", KernelShapes::convTranspose,
            "Gemm", KernelShapes::gemm,
            "MatMul", KernelShapes::matMul);

    private KernelShapes() {}

    private static List<Shape> conv(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        Shape weights = call.required(1);
        List<Long> kernel = kernel(call, input, weights);
        long group = group(call, weights);
        if (weights.dim(1) >= 0) {
            Dims.same(
                    input.dim(1),
                    Dims.times(weights.dim(1), group),
                    "its input has %d channels but its weights want %d");
        }
        bias(call, weights.dim(0));
        if (kernel.stream().anyMatch(k -> k < 0)) {
            return List.of(channels(input, kernel.size(), weights.dim(0)));
        }
        ConvGeometry geometry = geometry(call, kernel, input);
        Shape output = Layout.CHANNELS_FIRST.outputShape(input, geometry, weights.dim(0));
        fits(input, output, geometry);
        return List.of(output);
    }

    /** The window of each spatial axis: it is that of the weights, which the attribute kernel_shape may repeat. */
    private static List<Long> kernel(ShapeCall call, Shape input, Shape weights) throws Unfoldable {
        if (weights.rank() >= 0 && weights.rank() < 3) {
            throw new Contradiction("its weights have the shape " + weights + ", without spatial axes");
        }
        List<Long> unknown = Collections.nCopies(Math.max(input.rank() - 2, 0), Shape.UNKNOWN_DIM);
        List<Long> named = call.attributes().integers("kernel_shape").orElse(unknown);
        List<Long> stored = weights.dims() == null ? named : weights.dims().subList(2, weights.rank());
        if (stored.isEmpty()) {
            throw new Unfoldable("");
        }
        if (call.attributes().has("kernel_shape") && named.size() != stored.size()) {
            throw new Contradiction("its weights have the shape " + weights + " but its kernel_shape is " + named);
        }
        if (input.rank() >= 0 && input.rank() != stored.size() + 2) {
            throw new Contradiction(
                    "its input has rank " + input.rank() + " but its weights have rank " + (stored.size() + 2));
        }
        List<Long> kernel = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            long own = named.isEmpty() ? Shape.UNKNOWN_DIM : named.get(i);
            kernel.add(
                    Dims.same(stored.get(i), own, "its weights have %d taps on an axis where its kernel_shape has %d"));
        }
        return kernel;
    }

    private static ConvGeometry geometry(ShapeCall call, List<Long> kernel, Shape input) {
        return Geometries.read(
                call.attributes(),
                call.label(),
                kernel.stream().map(Math::toIntExact).toList(),
                input);
    }

    /** The number of groups, which divides the first size of the weights: the output channels, or input channels if transposed. */
    private static long group(ShapeCall call, Shape weights) throws Contradiction {
        long group = call.attributes().integer("group", 1);
        if (group < 1) {
            throw new Contradiction("it has " + group + " groups");
        }
        if (weights.dim(0) >= 0 && weights.dim(0) % group != 0) {
            throw new Contradiction("its weights of shape " + weights + " do not form " + group + " groups");
        }
        return group;
    }

    private static void bias(ShapeCall call, long channels) throws Contradiction {
        Shape bias = call.shape(2);
        if (bias.rank() >= 0 && bias.rank() != 1) {
            throw new Contradiction("its bias has the shape " + bias + ", which is no vector");
        }
        Dims.same(bias.dim(0), channels, "its bias has %d elements for %d output channels");
    }

    private static Shape channels(Shape input, int axes, long channels) {
        return Shape.ofRank(axes + 2).withDim(0, input.dim(0)).withDim(1, channels);
    }

    /** Checks that each window fits into its axis, with the padding, at least once. */
    static void fits(Shape input, Shape output, ConvGeometry geometry) throws Contradiction {
        for (int i = 0; i < geometry.rank(); i++) {
            int axis = Layout.CHANNELS_FIRST.spatialAxis(i);
            ConvAxis window = geometry.axes().get(i);
            if (input.dim(axis) > 0 && geometry.isResolved() && window.outputSize(input.dim(axis)) < 1) {
                throw new Contradiction("its window spans " + (window.span() + 1L) + " elements of axis " + axis
                        + ", which has " + input.dim(axis) + " and "
                        + ((long) window.padBegin() + window.padEnd()) + " of padding");
            }
        }
    }

    private static List<Shape> convTranspose(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        Shape weights = call.required(1);
        List<Long> kernel = kernel(call, input, weights);
        long group = group(call, weights);
        Dims.same(input.dim(1), weights.dim(0), "its input has %d channels but its weights want %d");
        long channels = weights.dim(1) < 0 ? Shape.UNKNOWN_DIM : Dims.times(weights.dim(1), group);
        bias(call, channels);
        Shape output = channels(input, kernel.size(), channels);
        List<Long> asked = call.attributes().integers("output_shape").orElse(List.of());
        if (!asked.isEmpty()) {
            return List.of(asked(output, asked));
        }
        if (kernel.stream().anyMatch(k -> k < 0)) {
            return List.of(output);
        }
        ConvGeometry geometry = geometry(call, kernel, input);
        int[] more = call.attributes().integers("output_padding", geometry.rank(), 0);
        boolean same = call.attributes().text("auto_pad", "NOTSET").startsWith("SAME");
        for (int i = 0; i < geometry.rank(); i++) {
            long size = input.dim(i + 2);
            ConvAxis axis = geometry.axes().get(i);
            if (size >= 0) {
                long written = same
                        ? Dims.times(size, axis.stride())
                        : Dims.times(Math.max(size - 1, 0), axis.stride()) + 1 - axis.slack() + more[i];
                output = output.withDim(i + 2, positive(written, i + 2));
            }
        }
        return List.of(output);
    }

    private static long positive(long size, int axis) throws Contradiction {
        if (size < 1) {
            throw new Contradiction("its padding leaves " + size + " elements of axis " + axis + " of its output");
        }
        return size;
    }

    /** The sizes that the attribute output_shape asks for: spatial ones, or all. */
    private static Shape asked(Shape output, List<Long> asked) throws Contradiction {
        int spatial = output.rank() - 2;
        if (asked.size() != spatial && asked.size() != output.rank()) {
            throw new Contradiction("its output_shape " + asked + " is not for " + spatial + " spatial axes");
        }
        Shape shape = output;
        for (int i = 0; i < spatial; i++) {
            shape = shape.withDim(i + 2, positive(asked.get(asked.size() - spatial + i), i + 2));
        }
        return shape;
    }

    private static List<Shape> gemm(ShapeCall call) throws Unfoldable {
        boolean turnsA = call.attributes().integer("transA", 0) != 0;
        boolean turnsB = call.attributes().integer("transB", 0) != 0;
        Shape a = matrix(call, 0);
        Shape b = matrix(call, 1);
        Dims.same(a.dim(turnsA ? 0 : 1), b.dim(turnsB ? 1 : 0), "its factors have %d and %d elements to sum over");
        Shape output = Shape.of(a.dim(turnsA ? 1 : 0), b.dim(turnsB ? 0 : 1));
        Shape bias = call.shape(2);
        if (bias.dims() != null) {
            ElementwiseShapes.stretched(bias, output, "summands");
        }
        return List.of(output);
    }

    private static Shape matrix(ShapeCall call, int input) throws Unfoldable {
        Shape shape = call.required(input);
        if (shape.rank() >= 0 && shape.rank() != 2) {
            throw new Contradiction("its input " + input + " has the shape " + shape + ", which is no matrix");
        }
        return shape;
    }

    /** A vector on the left is a row, on the right a column; that axis goes again. */
    private static List<Shape> matMul(ShapeCall call) throws Unfoldable {
        List<Long> a = call.sizesOf(0);
        List<Long> b = call.sizesOf(1);
        if (a.isEmpty() || b.isEmpty()) {
            throw new Contradiction("one of its factors is a scalar");
        }
        Dims.same(
                a.get(a.size() - 1),
                b.get(Math.max(b.size() - 2, 0)),
                "its factors have %d and %d elements to sum over");
        List<Long> result = new ArrayList<>(Dims.broadcast(
                a.subList(0, Math.max(a.size() - 2, 0)), b.subList(0, Math.max(b.size() - 2, 0))));
        if (a.size() > 1) {
            result.add(a.get(a.size() - 2));
        }
        if (b.size() > 1) {
            result.add(b.get(b.size() - 1));
        }
        return List.of(new Shape(result));
    }
}
