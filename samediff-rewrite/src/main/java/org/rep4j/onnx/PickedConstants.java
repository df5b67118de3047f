package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.onnx.OpReader.Unfoldable;

/** Ops on constants that pick single elements or slices, and sums of all elements before one. */
final class PickedConstants {
    private PickedConstants() {}

    static ConstantTensor gatherElements(OpCall call) throws Unfoldable {
        ConstantTensor operand = call.numeric(0);
        List<Long> dims = call.dims(0);
        List<Long> result = call.dims(1);
        int axis = Dims.axis(call.attributes().integer("axis", 0), dims.size());
        for (int i = 0; i < dims.size(); i++) {
            if (result.size() != dims.size() || i != axis && result.get(i) > dims.get(i)) {
                throw new Unfoldable("");
            }
        }
        long[] indices = within(call.integers(1), dims.get(axis));
        long[] strides = Strided.rowMajor(dims);
        return ComputedTensor.of(operand.dataType(), result, List.of(operand, call.operand(1)), () -> {
            double[] source = operand.readNumbers();
            double[] target = new double[indices.length];
            for (int i = 0; i < target.length; i++) {
                long rest = i;
                long position = indices[i] * strides[axis];
                for (int a = result.size() - 1; a >= 0; a--) {
                    position += a == axis ? 0 : rest % result.get(a) * strides[a];
                    rest /= result.get(a);
                }
                target[i] = source[(int) position];
            }
            return target;
        });
    }

    private static long[] within(long[] indices, long size) throws Unfoldable {
        for (int i = 0; i < indices.length; i++) {
            indices[i] = Dims.axis(indices[i], Math.toIntExact(size));
        }
        return indices;
    }

    /** Slices; the last axis of the indices holds where one begins. */
    static ConstantTensor gatherNd(OpCall call) throws Unfoldable {
        ConstantTensor operand = call.numeric(0);
        List<Long> dims = call.dims(0);
        List<Long> places = call.dims(1);
        int batchAxes = Math.toIntExact(call.attributes().integer("batch_dims", 0));
        int lead = places.size() - 1;
        int depth = lead < 0 ? -1 : Math.toIntExact(places.get(lead));
        boolean fits = batchAxes >= 0 && batchAxes <= lead && depth > 0 && batchAxes + depth <= dims.size();
        if (!fits || !dims.subList(0, batchAxes).equals(places.subList(0, batchAxes))) {
            throw new Unfoldable("");
        }
        List<Long> slice = dims.subList(batchAxes + depth, dims.size());
        List<Long> result = new ArrayList<>(places.subList(0, lead));
        result.addAll(slice);
        int count = Math.toIntExact(Dims.elements(places.subList(0, lead)));
        long ofBatch = Dims.elements(places.subList(batchAxes, lead));
        long batchStride = Dims.elements(dims.subList(batchAxes, dims.size()));
        int length = Math.toIntExact(Dims.elements(slice));
        long[] strides = Strided.rowMajor(dims);
        long[] indices = call.integers(1);
        long[] starts = new long[count];
        for (int i = 0; i < count; i++) {
            starts[i] = i / ofBatch * batchStride;
            for (int j = 0; j < depth; j++) {
                int size = Math.toIntExact(dims.get(batchAxes + j));
                starts[i] += Dims.axis(indices[i * depth + j], size) * strides[batchAxes + j];
            }
        }
        return ComputedTensor.of(operand.dataType(), result, List.of(operand, call.operand(1)), () -> {
            double[] source = operand.readNumbers();
            double[] target = new double[count * length];
            for (int i = 0; i < count; i++) {
                System.arraycopy(source, (int) starts[i], target, i * length, length);
            }
            return target;
        });
    }

    static ConstantTensor cumSum(OpCall call) throws Unfoldable {
        ConstantTensor operand = ArithmeticConstants.exact(call.numeric(0));
        List<Long> dims = call.dims(0);
        long[] given = call.integers(1);
        if (given.length != 1) {
            throw new Unfoldable("");
        }
        int axis = Dims.axis(given[0], dims.size());
        boolean exclusive = call.attributes().integer("exclusive", 0) != 0;
        boolean reverse = call.attributes().integer("reverse", 0) != 0;
        int size = Math.toIntExact(dims.get(axis));
        int stride = Math.toIntExact(Strided.rowMajor(dims)[axis]);
        return ArithmeticConstants.inRange(ComputedTensor.of(operand.dataType(), dims, List.of(operand), () -> {
            double[] source = operand.readNumbers();
            double[] target = new double[source.length];
            for (int line = 0; line < source.length / Math.max(1, size); line++) {
                int first = line / stride * stride * size + line % stride;
                double sum = 0;
                for (int i = 0; i < size; i++) {
                    int position = first + (reverse ? size - 1 - i : i) * stride;
                    target[position] = exclusive ? sum : sum + source[position];
                    sum += source[position];
                }
            }
            return target;
        }));
    }
}
