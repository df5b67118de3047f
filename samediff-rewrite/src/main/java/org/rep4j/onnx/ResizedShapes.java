package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes of what Pad, Resize and Upsample write. */
final class ResizedShapes {
    static final Map<String, ShapeInference> OPS = Map.of(
            "Pad", ResizedShapes::padded,
            "Resize", ResizedShapes::resized,
            "Upsample", call -> scaled(call, 1, allAxes(call)));

    private ResizedShapes() {}

    private static List<Shape> padded(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        List<Size> pads = call.attributes().has("pads")
                ? Size.listOf(Strided.array(call.attributes().integers("pads").orElse(List.of())))
                : call.vector(1).map(SizeVector::sizes).orElse(null);
        if (pads == null) {
            return List.of(ofRank(input.rank()));
        }
        int listed = pads.size() / 2;
        int rank = input.rank() >= 0 || call.has(3) ? input.rank() : listed;
        List<Integer> axes = axes(call, call.has(3) ? Optional.of(call.integers(3)) : Optional.empty(), rank);
        if (pads.size() % 2 != 0 || listed != axes.size()) {
            throw new Contradiction("it has " + pads.size() + " pads for " + axes.size() + " axes");
        }
        Shape output = input.dims() == null ? ofRank(rank) : input;
        for (int i = 0; i < listed; i++) {
            output = output.withDim(axes.get(i), padded(output.dim(axes.get(i)), pads.get(i), pads.get(listed + i)));
        }
        return List.of(output);
    }

    private static Shape ofRank(int rank) {
        return rank < 0 ? Shape.unknown() : Shape.ofRank(rank);
    }

    private static long padded(long size, Size begin, Size end) throws Contradiction {
        if (begin.equals(Size.of(0)) && end.equals(Size.of(0))) {
            return size;
        }
        if (size < 0 || !begin.isKnown() || !end.isKnown()) {
            return Shape.UNKNOWN_DIM;
        }
        long padded = Math.addExact(size, Math.addExact(begin.number(), end.number()));
        if (padded < 0) {
            throw new Contradiction("it cuts " + (size - padded) + " of " + size + " elements off");
        }
        return padded;
    }

    /** The axes that are named, or all. */
    private static List<Integer> axes(ShapeCall call, Optional<long[]> named, int rank) throws Unfoldable {
        if (rank < 0) {
            throw new Unfoldable("");
        }
        if (named.isEmpty()) {
            return IntStream.range(0, rank).boxed().toList();
        }
        List<Integer> axes = new ArrayList<>();
        Dims.axes(Dims.boxed(named.get()), rank);
        for (long axis : named.get()) {
            axes.add(Dims.axis(axis, rank));
        }
        return axes;
    }

    private static List<Integer> allAxes(ShapeCall call) throws Unfoldable {
        return axes(call, Optional.empty(), call.shape(0).rank());
    }

    private static List<Shape> resized(ShapeCall call) throws Unfoldable {
        if (call.opset() < 11) {
            return scaled(call, 1, allAxes(call));
        }
        Shape input = call.shape(0);
        List<Integer> axes = axes(call, call.attributes().integers("axes").map(Strided::array), input.rank());
        if (!call.has(3)) {
            boolean crops =
                    call.attributes().text("coordinate_transformation_mode", "").equals("tf_crop_and_resize");
            return crops ? List.of(Shape.ofRank(input.rank())) : scaled(call, 2, axes);
        }
        SizeVector sizes = call.vector(3).orElse(null);
        long count = sizes == null ? call.shape(3).dim(0) : sizes.sizes().size();
        Dims.same(axes.size(), count, "it resizes %d axes to %d sizes");
        String policy = call.attributes().text("keep_aspect_ratio_policy", "stretch");
        Shape output = input;
        for (int i = 0; i < axes.size(); i++) {
            Size size = sizes == null || !policy.equals("stretch")
                    ? Size.UNKNOWN
                    : sizes.sizes().get(i);
            output = output.withDim(axes.get(i), positive(size));
        }
        return List.of(
                policy.equals("stretch") || sizes == null || !sizes.isKnown()
                        ? output
                        : inProportion(input, axes, sizes.numbers(), policy.equals("not_larger")));
    }

    private static Shape unsized(Shape shape, List<Integer> axes) {
        Shape result = shape;
        for (int axis : axes) {
            result = result.withDim(axis, Shape.UNKNOWN_DIM);
        }
        return result;
    }

    private static long positive(Size size) throws Contradiction {
        if (size.isKnown() && size.number() < 1) {
            throw new Contradiction("it resizes an axis to " + size.number() + " elements");
        }
        return size.number();
    }

    /** Scaled by one factor: the largest with which no axis, or the smallest with which each axis, exceeds its size. */
    private static Shape inProportion(Shape input, List<Integer> axes, long[] sizes, boolean notLarger) {
        double[] factors = new double[sizes.length];
        for (int i = 0; i < factors.length; i++) {
            if (input.dim(axes.get(i)) <= 0) {
                return unsized(input, axes);
            }
            factors[i] = (float) sizes[i] / (float) input.dim(axes.get(i));
        }
        double factor = notLarger
                ? Arrays.stream(factors).min().orElse(1)
                : Arrays.stream(factors).max().orElse(1);
        Shape output = input;
        for (int axis : axes) {
            output = output.withDim(axis, (long) Math.floor(factor * input.dim(axis) + 0.5));
        }
        return output;
    }

    /** Each size times its scale, rounded down, in single precision like the scales. */
    private static List<Shape> scaled(ShapeCall call, int input, List<Integer> axes) throws Unfoldable {
        double[] scales = scales(call, input);
        Shape shape = call.shape(0);
        if (scales.length == 0) {
            return List.of(unsized(shape, axes));
        }
        if (scales.length != axes.size()) {
            throw new Contradiction("it has " + scales.length + " scales for " + axes.size() + " axes");
        }
        for (int i = 0; i < scales.length; i++) {
            if (!(scales[i] > 0) || Double.isInfinite(scales[i])) {
                throw new Contradiction("it has the scale " + scales[i]);
            }
            long size = shape.dim(axes.get(i));
            long scaled = size < 0 ? Shape.UNKNOWN_DIM : (long) Math.floor((float) scales[i] * (float) size);
            shape = scales[i] == 1 ? shape : shape.withDim(axes.get(i), scaled);
        }
        return List.of(shape);
    }

    /** The scales, none if they are not constant. */
    private static double[] scales(ShapeCall call, int input) throws Unfoldable {
        Optional<double[]> attribute = call.attributes().numbers("scales");
        if (attribute.isPresent()) {
            return attribute.get();
        }
        if (call.required(input).dim(0) > SizeVectors.LONGEST) {
            throw new Contradiction("it has " + call.shape(input).dim(0) + " scales");
        }
        Optional<ConstantTensor> constant = call.constant(input).filter(ConstantTensor::isNumeric);
        return constant.isPresent() ? constant.get().readNumbers() : new double[0];
    }
}
