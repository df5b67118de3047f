package org.rep4j.convert;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.rep4j.onnx.OnnxType;

/** The ops that move, join, cut and repeat elements. */
final class RandomMovementOps {
    private RandomMovementOps() {}

    static List<RandomOp> all() {
        return List.of(
                RandomOp.of("Reshape", 7, RandomMovementOps::reshape),
                RandomOp.of("Flatten", 9, m -> {
                    long[] dims = m.dims(0, 5);
                    m.numbers().data(dims);
                    if (!m.chance(3)) {
                        m.set("axis", m.opset() < 11 ? m.any(0, dims.length) : m.any(-dims.length, dims.length));
                    }
                }),
                RandomOp.of("Transpose", 7, m -> {
                    long[] dims = m.dimsOrNone(0, 5);
                    m.numbers().data(dims);
                    if (!m.chance(3)) {
                        m.list("perm", m.order(dims.length));
                    }
                }),
                RandomOp.of("Squeeze", 7, RandomMovementOps::squeeze),
                RandomOp.of("Unsqueeze", 7, RandomMovementOps::unsqueeze),
                RandomOp.of("Concat", 7, RandomMovementOps::concat),
                RandomOp.of("Split", 7, RandomMovementOps::split),
                RandomOp.of("Slice", 10, RandomMovementOps::slice),
                RandomOp.of("Slice", 10, RandomMovementOps::slice),
                new RandomOp("Slice", 7, 9, RandomMovementOps::sliceOfAttributes),
                RandomOp.of("Pad", 11, RandomMovementOps::pad),
                RandomOp.of("Pad", 11, RandomMovementOps::pad),
                new RandomOp("Pad", 7, 10, RandomMovementOps::padOfAttributes),
                RandomOp.of("Expand", 8, m -> {
                    long[] dims = m.dims(0, 5);
                    m.numbers().data(m.broadcast(dims)).integers(m.broadcast(dims));
                }),
                RandomOp.of("Tile", 7, m -> {
                    long[] dims = m.dims(1, 5);
                    m.numbers().data(dims).integers(m.sizes(dims.length, 1, 3));
                }),
                RandomOp.of("Shape", 7, m -> {
                    long[] dims = m.dims(0, 5);
                    m.data(dims).makes(OnnxType.INT64);
                    if (m.opset() >= 15 && m.chance(2)) {
                        m.set("start", m.any(-6, 6));
                    }
                    if (m.opset() >= 15 && m.chance(2)) {
                        m.set("end", m.any(-6, 6));
                    }
                }),
                RandomOp.of("Size", 7, m -> m.data(m.dims(0, 5)).makes(OnnxType.INT64)),
                RandomOp.of("ReverseSequence", 10, m -> {
                    int batch = m.any(0, 1);
                    long[] dims = m.dims(2, 4);
                    double[] lengths = new double[(int) dims[batch]];
                    Arrays.setAll(lengths, i -> m.any(1, (int) dims[1 - batch]));
                    m.data(dims).set("batch_axis", batch).set("time_axis", 1 - batch);
                    m.type(OnnxType.INT64)
                            .given(new long[] {lengths.length}, lengths)
                            .makes(OnnxType.FLOAT);
                }),
                RandomOp.of("Compress", 9, m -> {
                    long[] dims = m.dims(1, 4);
                    m.data(dims);
                    long length = LongStream.of(dims).reduce(1, (a, b) -> a * b);
                    if (!m.chance(3)) {
                        int axis = m.opset() < 11 ? m.any(0, dims.length - 1) : m.axis(dims.length);
                        m.set("axis", axis);
                        length = dims[Math.floorMod(axis, dims.length)];
                    }
                    double[] condition = new double[m.any(1, (int) length)];
                    Arrays.setAll(condition, i -> m.any(0, 1));
                    condition[0] = 1;
                    m.type(OnnxType.BOOL)
                            .given(new long[] {condition.length}, condition)
                            .makes(OnnxType.FLOAT);
                }),
                RandomOp.of("Trilu", 14, m -> {
                    m.numbers().data(m.dims(2, 4));
                    if (m.chance(2)) {
                        m.integer(m.any(-3, 3));
                    }
                    m.flag("upper");
                }),
                RandomOp.of("EyeLike", 9, m -> {
                    m.data(m.dims(2, 2));
                    if (m.chance(2)) {
                        m.set("k", m.any(-3, 3));
                    }
                }),
                RandomOp.of("NonZero", 9, m -> m.numbers().data(m.dims(1, 4)).makes(OnnxType.INT64)),
                RandomOp.of("Resize", 11, RandomMovementOps::resize),
                RandomOp.of("Resize", 11, RandomMovementOps::resize),
                new RandomOp("Resize", 10, 10, m -> scaled(m)),
                new RandomOp("Upsample", 9, 9, m -> scaled(m)));
    }

    private static void reshape(RandomOpModel m) {
        long[] dims = m.dims(0, 4);
        m.numbers().data(dims);
        long[] order = m.order(dims.length);
        long[] shape = LongStream.of(order).map(axis -> dims[(int) axis]).toArray();
        if (shape.length > 1 && m.chance(2)) {
            shape = LongStream.concat(
                            LongStream.of(shape[0] * shape[1]),
                            LongStream.of(shape).skip(2))
                    .toArray();
        } else if (m.chance(3)) {
            shape = LongStream.concat(LongStream.of(shape), LongStream.of(1)).toArray();
        }
        for (int i = 0; i < Math.min(shape.length, dims.length); i++) {
            if (shape[i] == dims[i] && m.chance(3)) {
                shape[i] = 0;
            }
        }
        if (shape.length > 0 && m.chance(2)) {
            shape[m.any(0, shape.length - 1)] = -1;
        }
        m.integers(shape);
        if (m.opset() >= 14 && LongStream.of(shape).noneMatch(size -> size == 0)) {
            m.flag("allowzero");
        }
    }

    private static void squeeze(RandomOpModel m) {
        long[] dims = m.dims(2, 5);
        long[] axes = m.axes(dims.length);
        axes = Arrays.copyOf(axes, Math.min(axes.length, dims.length - 1));
        if (m.opset() < 11) {
            axes = positive(axes, dims.length);
        }
        for (long axis : axes) {
            dims[Math.floorMod((int) axis, dims.length)] = 1;
        }
        m.numbers().data(dims);
        if (!m.chance(4)) {
            m.attributeBefore(13, "axes", axes);
        }
    }

    private static void unsqueeze(RandomOpModel m) {
        long[] dims = m.dims(0, 3);
        int added = m.any(1, 2);
        long[] axes = Arrays.copyOf(m.order(dims.length + added), added);
        if (m.opset() >= 11) {
            axes = LongStream.of(axes)
                    .map(axis -> m.chance(2) ? axis : axis - dims.length - added)
                    .toArray();
        }
        m.numbers().data(dims).attributeBefore(13, "axes", axes);
    }

    private static long[] positive(long[] axes, int rank) {
        return LongStream.of(axes).map(axis -> Math.floorMod(axis, rank)).toArray();
    }

    private static void concat(RandomOpModel m) {
        long[] dims = m.dimsOrNone(1, 5);
        int axis = m.opset() < 11 ? m.any(0, dims.length - 1) : m.axis(dims.length);
        int count = m.any(1, 4);
        m.numbers();
        for (int i = 0; i < count; i++) {
            long[] part = dims.clone();
            part[Math.floorMod(axis, dims.length)] = m.chance(12) ? 0 : m.any(1, 3);
            m.data(part);
        }
        m.set("axis", axis);
    }

    private static void split(RandomOpModel m) {
        long[] dims = m.dims(1, 4);
        int count = m.any(1, 3);
        int axis = m.chance(4) ? 0 : m.opset() < 11 ? m.any(0, dims.length - 1) : m.axis(dims.length);
        boolean even = m.chance(2);
        long[] parts = even ? new long[count] : m.sizes(count, 1, 4);
        if (even) {
            Arrays.fill(parts, m.any(1, 3));
        }
        int positive = Math.floorMod(axis, dims.length);
        dims[positive] = LongStream.of(parts).sum();
        boolean smaller = even && m.opset() >= 18 && parts[0] > 1 && m.chance(3); // the last part is smaller
        dims[positive] -= smaller ? 1 : 0;
        m.numbers().data(dims);
        if (!even || m.chance(3) && !smaller) {
            m.attributeBefore(13, "split", parts);
        } else if (m.opset() >= 18) {
            m.set("num_outputs", count);
        }
        if (axis != 0 || m.chance(2)) {
            m.set("axis", axis);
        }
        IntStream.range(0, count).forEach(i -> m.makes(m.type()));
    }

    private static long counted(RandomOpModel m, int index, int size) {
        return m.chance(3) ? index - size : index;
    }

    private static void slice(RandomOpModel m) {
        long[] dims = m.sizes(m.any(1, 4), 1, 7);
        long[] axes = m.axes(dims.length);
        if (m.opset() < 11) {
            axes = positive(axes, dims.length);
        }
        boolean named = !m.chance(4);
        if (!named) {
            axes = LongStream.range(0, axes.length).toArray();
        }
        long[] steps = LongStream.of(axes)
                .map(a -> m.chance(2) ? 1 : m.one(2, 3, -1, -2))
                .toArray();
        long[] starts = new long[axes.length];
        long[] ends = new long[axes.length];
        for (int i = 0; i < axes.length; i++) { // something is left
            int size = (int) dims[Math.floorMod((int) axes[i], dims.length)];
            int first = m.any(0, size - 1);
            boolean back = steps[i] < 0;
            starts[i] = m.chance(6) ? (back ? size + 2 : -size - 2) : counted(m, first, size);
            if (m.chance(3)) {
                ends[i] = back ? -Long.MAX_VALUE : Long.MAX_VALUE;
            } else if (back) {
                ends[i] = first == 0 ? -size - 1 : counted(m, m.any(0, first - 1), size);
            } else {
                ends[i] = first == size - 1 ? size + m.any(0, 1) : counted(m, m.any(first + 1, size - 1), size);
            }
        }
        m.numbers().data(dims).integers(starts).integers(ends);
        if (named) {
            m.integers(axes);
        } else {
            m.without();
        }
        if (LongStream.of(steps).anyMatch(step -> step != 1) || m.chance(2)) {
            m.integers(steps);
        }
    }

    private static void sliceOfAttributes(RandomOpModel m) {
        long[] dims = m.sizes(m.any(1, 4), 1, 7);
        long[] axes = positive(m.axes(dims.length), dims.length);
        long[] starts = LongStream.of(axes)
                .map(axis -> m.any(0, (int) dims[(int) axis] - 1))
                .toArray();
        long[] ends = new long[axes.length];
        Arrays.setAll(
                ends, i -> m.chance(3) ? Integer.MAX_VALUE : m.any((int) starts[i] + 1, (int) dims[(int) axes[i]] + 1));
        m.numbers().data(dims).list("starts", starts).list("ends", ends);
        if (!Arrays.equals(axes, LongStream.range(0, axes.length).toArray()) || m.chance(2)) {
            m.list("axes", axes);
        }
    }

    private static void pad(RandomOpModel m) {
        long[] dims = m.sizes(m.any(1, 5), 1, 5);
        String mode = m.one("constant", "constant", "reflect", "edge", "wrap");
        if (mode.equals("wrap") && m.opset() < 19) {
            mode = "edge";
        }
        boolean named = m.opset() >= 18 && m.chance(2);
        long[] axes =
                named ? m.axes(dims.length) : LongStream.range(0, dims.length).toArray();
        m.numbers().data(dims).integers(amounts(m, mode, dims, axes));
        if (m.chance(2) && mode.equals("constant")) {
            m.given(new long[0], m.any(-3, 3));
        } else if (named) {
            m.without();
        }
        if (named) {
            m.integers(axes);
        }
        if (!mode.equals("constant") || m.chance(2)) {
            m.set("mode", mode);
        }
    }

    private static void padOfAttributes(RandomOpModel m) {
        long[] dims = m.sizes(m.any(1, 5), 1, 5);
        String mode = m.one("constant", "constant", "reflect", "edge");
        m.reals()
                .data(dims)
                .list(
                        "pads",
                        amounts(m, mode, dims, LongStream.range(0, dims.length).toArray()))
                .set("mode", mode);
        if (mode.equals("constant")) {
            m.parameter("value");
        }
    }

    private static long[] amounts(RandomOpModel m, String mode, long[] dims, long... axes) {
        long[] pads = new long[2 * axes.length];
        for (int i = 0; i < axes.length; i++) {
            int size = (int) dims[Math.floorMod((int) axes[i], dims.length)];
            int most = mode.equals("reflect") ? size - 1 : mode.equals("wrap") ? size : 3;
            int least = !mode.equals("constant") || size < 3 || !m.chance(4) ? 0 : -1;
            pads[i] = m.chance(2) ? 0 : m.any(least, most);
            pads[axes.length + i] = m.chance(2) ? 0 : m.any(least, most);
        }
        return pads;
    }

    private static double[] scales(RandomOpModel m, long... dims) {
        double[] scales = new double[dims.length];
        boolean image = dims.length == 4 && !m.chance(4);
        Arrays.setAll(scales, i -> image && i < 2 || m.chance(4) ? 1 : m.one(0.5, 0.6, 1.5, 2.0, 3.0, 2.5));
        Arrays.setAll(scales, i -> scales[i] * dims[i] < 1 ? 1 : scales[i]);
        return scales;
    }

    private static void scaled(RandomOpModel m) {
        long[] dims = m.sizes(m.chance(3) ? m.any(2, 3) : 4, 2, 6);
        double[] scales = scales(m, dims);
        for (int i = 0; i < scales.length && m.opset() < 10; i++) {
            scales[i] = Math.max(1, scales[i]);
        }
        m.data(dims).constant(new long[] {dims.length}, scales);
        if (m.chance(2)) {
            m.set("mode", m.one("nearest", "linear"));
        }
    }

    private static void resize(RandomOpModel m) {
        long[] dims = m.sizes(m.chance(3) ? m.any(2, 3) : 4, 1, 6);
        double[] scales = scales(m, dims);
        m.data(dims).without();
        if (m.chance(2)) {
            m.constant(new long[] {dims.length}, scales);
        } else {
            m.without();
            long[] sizes = new long[dims.length];
            Arrays.setAll(sizes, i -> Math.max(1, (long) (scales[i] * dims[i] + 0.5)));
            m.integers(sizes);
        }
        String mode = m.one("nearest", "linear", "cubic");
        if (!mode.equals("nearest") || m.chance(2)) {
            m.set("mode", mode);
        }
        if (mode.equals("nearest") && m.chance(2)) {
            m.set("nearest_mode", m.one("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"));
        }
        if (mode.equals("cubic")) {
            m.flag("exclude_outside");
            if (m.chance(2)) {
                m.set("cubic_coeff_a", -0.5);
            }
        }
        if (m.chance(2)) {
            m.set(
                    "coordinate_transformation_mode",
                    m.one("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric"));
        }
        if (m.opset() >= 18 && m.chance(6)) {
            m.set("antialias", 1);
        }
    }
}
