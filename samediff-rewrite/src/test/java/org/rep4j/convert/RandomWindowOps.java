package org.rep4j.convert;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.rep4j.onnx.OnnxType;

/** The ops with kernels, windows and channels. */
final class RandomWindowOps {
    /** With less, ONNX Runtime's differences of groups of few elements are rounded by more than is compared. */
    private static final double COARSE = 0.01;

    private RandomWindowOps() {}

    static List<RandomOp> all() {
        return List.of(
                RandomOp.of("Conv", 7, RandomWindowOps::convolution),
                RandomOp.of("Conv", 7, RandomWindowOps::convolution),
                RandomOp.of("ConvTranspose", 7, RandomWindowOps::transposedConvolution),
                RandomOp.of("ConvTranspose", 7, RandomWindowOps::transposedConvolution),
                RandomOp.of("MaxPool", 7, RandomWindowOps::maxPool),
                RandomOp.of("MaxPool", 7, RandomWindowOps::maxPool),
                RandomOp.of("AveragePool", 7, RandomWindowOps::averagePool),
                RandomOp.of("AveragePool", 7, RandomWindowOps::averagePool),
                RandomOp.of("LpPool", 7, RandomWindowOps::lpPool),
                RandomOp.of("GlobalAveragePool", 7, m -> m.data(m.dims(3, 5))),
                RandomOp.of("GlobalMaxPool", 7, m -> m.data(m.dims(3, 5))),
                RandomOp.of("GlobalLpPool", 7, m -> {
                    m.data(m.dims(3, 5));
                    if (m.chance(2)) {
                        m.set("p", m.any(1, 3));
                    }
                }),
                RandomOp.of("BatchNormalization", 7, RandomWindowOps::batchNorm),
                RandomOp.of("InstanceNormalization", 7, m -> {
                    long[] dims = m.dims(3, 5);
                    m.data(dims).data(dims[1]).data(dims[1]).set("epsilon", COARSE);
                }),
                RandomOp.of("LayerNormalization", 17, m -> {
                    long[] dims = m.dims(1, 4);
                    int axis = m.axis(dims.length);
                    long[] scale = LongStream.of(dims)
                            .skip(Math.floorMod(axis, dims.length))
                            .toArray();
                    m.data(dims).data(scale).set("axis", axis);
                    if (m.chance(2)) {
                        m.data(scale);
                    }
                    epsilon(m);
                }),
                RandomOp.of("GroupNormalization", 18, m -> {
                    int groups = m.any(1, 3);
                    long[] dims = m.dims(3, 5);
                    dims[1] = groups * (long) m.any(1, 3);
                    long scale = m.opset() < 21 ? groups : dims[1];
                    m.data(dims)
                            .data(scale)
                            .data(scale)
                            .set("num_groups", groups)
                            .set("epsilon", COARSE);
                }),
                RandomOp.of("LRN", 7, m -> {
                    m.data(m.sizes(4, 1, 7)).set("size", 1 + 2L * m.any(0, 3)); // others ONNX Runtime refuses
                    if (m.chance(2)) {
                        m.set("alpha", Math.abs(m.real()))
                                .set("beta", Math.abs(m.real()))
                                .set("bias", 1 + Math.abs(m.real()));
                    }
                }),
                RandomOp.of("DepthToSpace", 7, m -> {
                    int block = m.any(1, 3);
                    m.data(m.any(1, 2), m.any(1, 3) * (long) block * block, m.any(1, 4), m.any(1, 4))
                            .set("blocksize", block);
                    if (m.opset() >= 11 && m.chance(2)) {
                        m.set("mode", m.one("DCR", "CRD"));
                    }
                }),
                RandomOp.of("SpaceToDepth", 7, m -> {
                    int block = m.any(1, 3);
                    m.data(m.any(1, 2), m.any(1, 3), block * (long) m.any(1, 3), block * (long) m.any(1, 3))
                            .set("blocksize", block);
                }));
    }

    private static void epsilon(RandomOpModel m) {
        if (m.chance(2)) {
            m.set("epsilon", COARSE);
        }
    }

    private static void batchNorm(RandomOpModel m) {
        long[] dims = m.dims(2, 5);
        long c = dims[1];
        m.reals().data(dims).data(c).data(c).data(c);
        double[] variance = m.random(c);
        for (int i = 0; i < variance.length; i++) {
            variance[i] = 0.25 + Math.abs(variance[i]);
        }
        m.given(new long[] {c}, variance);
        epsilon(m);
    }

    private static void convolution(RandomOpModel m) {
        int rank = m.any(1, 3);
        int groups = m.chance(2) ? 1 : m.any(1, 4);
        long[] kernel = m.sizes(rank, 1, 3);
        long[] dims = image(m, groups * (long) m.any(1, 3), rank);
        m.data(dims).data(joined(groups * (long) m.any(1, 3), dims[1] / groups, kernel));
        if (groups > 1 || m.chance(3)) {
            m.set("group", groups);
        }
        geometry(m, true, kernel);
    }

    private static void transposedConvolution(RandomOpModel m) {
        int rank = m.any(1, 3);
        int groups = m.chance(2) ? 1 : m.any(1, 3);
        long[] kernel = m.sizes(rank, 1, 4);
        long outputs = m.any(1, 3);
        long[] dims = image(m, groups * (long) m.any(1, 3), rank);
        m.data(dims).data(joined(dims[1], outputs, kernel));
        if (m.chance(3)) {
            m.data(outputs * groups);
        }
        if (groups > 1 || m.chance(3)) {
            m.set("group", groups);
        }
        long[] strides = m.sizes(rank, 1, 3);
        if (!m.chance(3)) {
            m.list("strides", strides);
            if (m.chance(2)) {
                m.list(
                        "output_padding",
                        LongStream.of(strides).map(s -> m.any(0, (int) s - 1)).toArray());
            }
        }
        geometry(m, false, kernel);
    }

    private static void maxPool(RandomOpModel m) {
        int rank = m.any(1, 3);
        long[] kernel = m.sizes(rank, 1, 4);
        m.data(image(m, m.any(1, 3), rank)).list("kernel_shape", kernel);
        if (m.opset() >= 10) {
            m.flag("ceil_mode");
        }
        poolSteps(m, 10, kernel);
        if (m.opset() >= 8 && m.chance(4)) {
            m.flag("storage_order").makes(OnnxType.FLOAT, OnnxType.INT64);
        }
    }

    private static void averagePool(RandomOpModel m) {
        int rank = m.any(1, 3);
        long[] kernel = m.sizes(rank, 1, 4);
        m.data(image(m, m.any(1, 3), rank)).list("kernel_shape", kernel);
        if (m.chance(2)) {
            // where it counts the padding, ONNX Runtime counts what ceil_mode adds before operator set 19, which ONNX
            // does
            // not, and from there on confuses the paddings of the axes
            long[] pads = new long[2 * rank];
            Arrays.fill(pads, m.any(0, (int) LongStream.of(kernel).min().orElseThrow() - 1));
            m.set("count_include_pad", 1).list("pads", pads).list("strides", m.sizes(rank, 1, 3));
            return;
        }
        if (m.opset() >= 10) {
            m.flag("ceil_mode");
        }
        poolSteps(m, 19, kernel);
    }

    private static void poolSteps(RandomOpModel m, int opsetOfDilations, long... kernel) {
        if (m.chance(5)) {
            // strides beyond the kernel, and dilations, ONNX Runtime does not take into account here as ONNX does
            m.set("auto_pad", m.one("SAME_UPPER", "SAME_LOWER")).list("strides", steps(m, kernel));
            return;
        }
        explicitPads(m, kernel);
        if (!m.chance(3)) {
            m.list("strides", m.sizes(kernel.length, 1, 3));
        }
        if (m.opset() >= opsetOfDilations && m.chance(4)) {
            m.list(
                    "dilations",
                    LongStream.of(kernel).map(k -> k > 3 ? 1 : m.any(1, 2)).toArray());
        }
    }

    private static long[] steps(RandomOpModel m, long... kernel) {
        return LongStream.of(kernel).map(k -> m.any(1, (int) Math.min(k, 3))).toArray();
    }

    private static void lpPool(RandomOpModel m) {
        int rank = m.any(1, 3);
        long[] kernel = m.sizes(rank, 1, 4);
        m.data(image(m, m.any(1, 3), rank)).list("kernel_shape", kernel);
        if (m.chance(2)) {
            m.set("p", m.any(1, 3));
        }
        poolSteps(m, Integer.MAX_VALUE, kernel);
    }

    /** No axis is shorter than the longest window, which spans 5 elements. */
    private static long[] image(RandomOpModel m, long channels, int rank) {
        return joined(m.any(1, 3), channels, m.sizes(rank, 5, rank == 3 ? 6 : 7));
    }

    private static void geometry(RandomOpModel m, boolean strided, long... kernel) {
        if (m.chance(2)) {
            m.list("kernel_shape", kernel);
        }
        if (m.chance(3)) {
            m.list("dilations", m.sizes(kernel.length, 1, 2));
        }
        if (m.chance(4)) {
            m.set("auto_pad", strided ? m.one("SAME_UPPER", "SAME_LOWER", "VALID") : "VALID");
            if (strided && m.chance(2)) {
                m.list("strides", steps(m, kernel));
            }
            return;
        }
        if (strided && !m.chance(3)) {
            m.list("strides", m.sizes(kernel.length, 1, 3));
        }
        explicitPads(m, kernel);
    }

    private static void explicitPads(RandomOpModel m, long... kernel) {
        long[] begin = LongStream.of(kernel).map(k -> m.any(0, (int) k - 1)).toArray();
        long[] end = m.chance(2)
                ? begin
                : LongStream.of(kernel).map(k -> m.any(0, (int) k - 1)).toArray();
        if (!m.chance(4)) {
            m.list(
                    "pads",
                    LongStream.concat(LongStream.of(begin), LongStream.of(end)).toArray());
        }
    }

    private static long[] joined(long a, long b, long... rest) {
        return LongStream.concat(LongStream.of(a, b), LongStream.of(rest)).toArray();
    }
}
