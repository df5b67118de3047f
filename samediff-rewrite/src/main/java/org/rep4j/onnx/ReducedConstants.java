package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Constants that are one number of all those along some axes of another one. */
final class ReducedConstants {
    private ReducedConstants() {}

    static ConstantOp sum() {
        return of(DoubleStream::sum);
    }

    static ConstantOp product() {
        return of(numbers -> numbers.reduce(1, (a, b) -> a * b));
    }

    static ConstantOp largest() {
        return of(numbers -> numbers.max().orElse(Double.NaN));
    }

    static ConstantOp smallest() {
        return of(numbers -> numbers.min().orElse(Double.NaN));
    }

    /** The mean; that of integers rounds towards zero. */
    static ConstantOp mean() {
        return call -> {
            boolean whole = call.numeric(0).isInteger();
            return of(numbers -> {
                        double mean = numbers.average().orElse(Double.NaN);
                        return whole ? ArithmeticConstants.towardsZero(mean) : mean;
                    })
                    .apply(call);
        };
    }

    private static ConstantOp of(ToDoubleFunction<DoubleStream> reduction) {
        return call -> {
            ConstantTensor operand = ArithmeticConstants.exact(call.numeric(0));
            List<Long> dims = call.dims(0);
            Optional<Set<Integer>> axes = ReducedShapes.axes(call, dims.size());
            if (axes.isEmpty()) {
                return operand;
            }
            List<Long> result = ReducedShapes.reduced(dims, axes.get(), ReducedShapes.keeps(call));
            int count = (int) Dims.elements(result);
            return ArithmeticConstants.inRange(ComputedTensor.of(operand.dataType(), result, List.of(operand), () -> {
                double[] runs = reducedLast(operand.readNumbers(), dims, axes.get());
                int run = count == 0 ? 0 : runs.length / count;
                return IntStream.range(0, count)
                        .mapToDouble(i -> reduction.applyAsDouble(Arrays.stream(runs, i * run, (i + 1) * run)))
                        .toArray();
            }));
        };
    }

    /** The elements in an order in which those that are reduced to one follow each other. */
    private static double[] reducedLast(double[] elements, List<Long> dims, Set<Integer> axes) {
        List<Integer> order = new ArrayList<>();
        IntStream.range(0, dims.size()).filter(i -> !axes.contains(i)).forEach(order::add);
        IntStream.range(0, dims.size()).filter(axes::contains).forEach(order::add);
        long[] strides = Strided.rowMajor(dims);
        return new Strided(
                        elements,
                        0,
                        order.stream().mapToLong(dims::get).toArray(),
                        order.stream().mapToLong(i -> strides[i]).toArray())
                .copy();
    }
}
