package org.rep4j.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.rep4j.onnx.OnnxType;

/** The ops that sum, order, choose and number elements along axes. */
final class RandomReductionOps {
    private RandomReductionOps() {}

    static List<RandomOp> all() {
        List<RandomOp> ops = new ArrayList<>();
        for (String op : List.of("Max", "Min", "Mean", "Prod", "L1", "SumSquare")) {
            ops.add(RandomOp.of("Reduce" + op, 7, m -> reduction(m.numbers(), 18)));
        }
        for (String op : List.of("L2", "LogSum", "LogSumExp")) {
            ops.add(RandomOp.of("Reduce" + op, 7, m -> reduction(m.reals(), 18)));
        }
        ops.add(RandomOp.of("ReduceSum", 7, m -> reduction(m.numbers(), 13)));
        for (String op : List.of("ArgMax", "ArgMin")) {
            ops.add(RandomOp.of(op, 7, m -> {
                long[] dims = m.dims(1, 4);
                m.numbers().data(dims).axisOf(dims).flag("keepdims").makes(OnnxType.INT64);
                if (m.opset() >= 12) {
                    m.flag("select_last_index");
                }
            }));
        }
        for (String op : List.of("Softmax", "LogSoftmax", "Hardmax")) {
            ops.add(RandomOp.of(op, 7, m -> {
                long[] dims = m.dims(1, 5);
                m.data(dims).axisOf(dims);
            }));
        }
        ops.add(RandomOp.of("LpNormalization", 7, m -> {
            long[] dims = m.dims(1, 4);
            m.data(dims).axisOf(dims);
            if (m.chance(2)) {
                m.set("p", m.any(1, 2));
            }
        }));
        ops.add(RandomOp.of("MeanVarianceNormalization", 9, m -> {
            m.data(m.sizes(4, 2, 5)); // one element has no variance, rounding apart
            if (m.chance(2)) {
                m.list("axes", 0, 2, 3);
            }
        }));
        ops.add(RandomOp.of("TopK", 10, m -> {
            long[] dims = m.dims(1, 4);
            int axis = m.axis(dims.length);
            m.numbers().data(dims).integers(m.any(1, (int) dims[Math.floorMod(axis, dims.length)]));
            m.set("axis", axis).makes(m.type(), OnnxType.INT64);
            if (m.opset() >= 11) {
                m.flag("largest");
            }
        }));
        ops.add(RandomOp.of("CumSum", 11, m -> {
            long[] dims = m.dims(1, 4);
            m.numbers()
                    .data(dims)
                    .integer(m.axis(dims.length))
                    .flag("exclusive")
                    .flag("reverse");
        }));
        ops.add(RandomOp.of("Gather", 7, m -> {
            long[] dims = m.dims(1, 4);
            int axis = m.axis(dims.length);
            m.numbers().data(dims).set("axis", axis).makes(m.type());
            indices(m, true, m.dims(0, 3), i -> dims[Math.floorMod(axis, dims.length)]);
        }));
        ops.add(RandomOp.of("GatherElements", 11, m -> {
            long[] dims = m.dims(1, 4);
            int axis = m.axis(dims.length);
            long[] places = places(m, dims, axis);
            m.numbers().data(dims).set("axis", axis).makes(m.type());
            indices(m, true, places, i -> dims[Math.floorMod(axis, dims.length)]);
        }));
        ops.add(RandomOp.of("ScatterElements", 11, RandomReductionOps::scatterElements));
        ops.add(RandomOp.of("GatherND", 11, m -> {
            long[] dims = m.dims(1, 4);
            int indexed = m.any(1, dims.length);
            m.numbers().data(dims).makes(m.type());
            long[] shape = LongStream.concat(LongStream.of(m.dims(0, 2)), LongStream.of(indexed))
                    .toArray();
            indices(m, false, shape, i -> dims[(int) (i % indexed)]);
        }));
        ops.add(RandomOp.of("ScatterND", 11, RandomReductionOps::scatterNd));
        ops.add(RandomOp.of("OneHot", 9, m -> {
            int depth = m.any(1, 5);
            long[] dims = m.dims(1, 3);
            OnnxType values = m.one(OnnxType.FLOAT, OnnxType.INT64);
            indices(m.makes(values), false, dims, i -> depth);
            m.integer(depth)
                    .type(values)
                    .given(new long[] {2}, m.any(-2, 2), m.any(3, 5))
                    .set("axis", m.axis(dims.length + 1));
        }));
        ops.add(RandomOp.of("Range", 11, m -> {
            m.numbers();
            double step = m.any(1, 3) * (m.chance(3) ? -1 : 1);
            double from = m.any(-3, 3);
            m.given(new long[0], from)
                    .given(new long[0], from + step * m.any(1, 4) - m.any(0, 1))
                    .given(new long[0], step);
        }));
        ops.add(RandomOp.of("ConstantOfShape", 9, m -> m.integers(m.dims(1, 4)).makes(OnnxType.FLOAT)));
        return ops;
    }

    private static void reduction(RandomOpModel m, int opsetOfInput) {
        long[] dims = m.dims(1, 5);
        m.data(dims);
        long[] axes = m.axes(dims.length);
        if (m.opset() < 11) {
            axes = LongStream.of(axes)
                    .map(axis -> Math.floorMod(axis, dims.length))
                    .toArray();
        }
        if (!m.chance(3)) {
            m.attributeBefore(opsetOfInput, "axes", axes);
        }
        m.flag("keepdims");
        if (m.opset() >= opsetOfInput && m.chance(3)) {
            m.flag("noop_with_empty_axes");
        }
    }

    /** Adds places below sizes, some counted from behind the last where the op has that. */
    private static void indices(RandomOpModel m, boolean narrow, long[] dims, LongUnaryOperator size) {
        double[] values = new double[(int) LongStream.of(dims).reduce(1, (a, b) -> a * b)];
        boolean negative = m.opset() >= 11 && m.chance(2);
        Arrays.setAll(values, i -> {
            int most = (int) size.applyAsLong(i);
            return m.any(negative ? -most : 0, most - 1);
        });
        m.type(narrow && m.chance(3) ? OnnxType.INT32 : OnnxType.INT64);
        if (m.chance(2)) {
            m.given(dims, values);
        } else {
            m.constant(dims, values);
        }
    }

    private static long[] places(RandomOpModel m, long[] dims, int axis) {
        long[] places = dims.clone();
        for (int i = 0; i < dims.length; i++) {
            places[i] = i == Math.floorMod(axis, dims.length) ? m.any(1, 4) : m.any(1, (int) dims[i]);
        }
        return places;
    }

    private static void scatterElements(RandomOpModel m) {
        long[] dims = m.dims(1, 4);
        int axis = m.axis(dims.length);
        int size = (int) dims[Math.floorMod(axis, dims.length)];
        long[] places = dims.clone();
        places[Math.floorMod(axis, dims.length)] = 1; // no place twice
        int chosen = m.axis(size);
        m.numbers().data(dims);
        OnnxType type = m.type();
        double[] values = new double[(int) LongStream.of(places).reduce(1, (a, b) -> a * b)];
        Arrays.fill(values, chosen);
        m.type(OnnxType.INT64).given(places, values).type(type).data(places).set("axis", axis);
        if (m.opset() >= 16) {
            m.set("reduction", m.one("none", "add", "mul"));
        }
    }

    private static void scatterNd(RandomOpModel m) {
        long[] dims = m.dims(1, 4);
        int indexed = m.any(1, dims.length);
        long[] updated = LongStream.concat(LongStream.of(1), LongStream.of(dims).skip(indexed))
                .toArray();
        double[] place = new double[indexed];
        Arrays.setAll(place, i -> m.axis((int) dims[i]));
        m.numbers().data(dims);
        OnnxType type = m.type();
        m.type(OnnxType.INT64).given(new long[] {1, indexed}, place).type(type).data(updated);
        if (m.opset() >= 16) {
            m.set("reduction", m.one("none", "add", "mul"));
        }
    }
}
