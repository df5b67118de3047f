package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.graph.Layout;

/**
 * Where the windows of SameDiff's convolutions and pools lie, and how that is written in ONNX. Their integer arguments are, for each
 * spatial axis in turn, kernel sizes, strides, pads, dilations; then the padding mode: 0 as declared, 1 SAME, 2 causal.
 *
 * @param op a convolution or a pool
 * @param axes one to three, without pads unless these are as declared
 * @param mode of the padding
 * @param channelsLast whether the image is {@code [batch, …, channels]}
 */
record NativeWindows(ExportedOp op, List<ConvAxis> axes, int mode, boolean channelsLast) {
    private static final int SAME = 1;
    private static final int CAUSAL = 2;

    /**
     * Reads an op.
     *
     * @param rank number of spatial axes
     * @param layout which integer argument is 1 if channels come last
     * @param kernel sizes of the weights, for those that the op itself does not tell
     */
    static NativeWindows of(ExportedOp op, int rank, int layout, long[] kernel) throws NotConvertibleException {
        int mode = op.integer(4 * rank, 0);
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            int declared = op.integer(i, 0);
            int taps = declared > 0 || kernel.length == 0 ? declared : (int) kernel[i];
            int pad = mode == 0 ? op.integer(2 * rank + i, 0) : 0;
            if (taps < 1) {
                throw op.unsupported("the size of its kernel is not known");
            }
            axes.add(new ConvAxis(taps, op.integer(rank + i, 1), op.integer(3 * rank + i, 1), pad, pad));
        }
        return new NativeWindows(op, axes, mode, op.integer(layout, 0) != 0);
    }

    /** Number of axes of the image. */
    int rank() {
        return axes.size() + 2;
    }

    /** The image with its channels first. */
    String channelsFirst() throws NotConvertibleException {
        if (!channelsLast) {
            return op.in(0);
        }
        int[] order = IntStream.range(0, rank())
                .map(i -> i == 0 ? 0 : i == 1 ? rank() - 1 : i - 1)
                .toArray();
        return op.permuted(0, order);
    }

    /** Writes the node that makes the op's output, whose channels are first. */
    void writes(NodeWriter node) {
        if (!channelsLast) {
            node.writes(0);
            return;
        }
        long[] order = LongStream.range(0, rank())
                .map(i -> i == 0 ? 0 : i == rank() - 1 ? 1 : i + 1)
                .toArray();
        op.node("Transpose").reads(node.value()).integers("perm", order).writes(0);
    }

    /**
     * The padding that ONNX should be told.
     *
     * @param x the image with its channels first
     */
    ConvGeometry geometry(String x) throws NotConvertibleException {
        if (mode == CAUSAL) {
            return ConvGeometry.of(axes.stream().map(a -> a.padded(a.span(), 0)).toList());
        }
        if (mode != SAME) {
            return ConvGeometry.of(axes);
        }
        if (axes.stream().anyMatch(a -> a.stride() > a.span() + 2)) {
            throw op.unsupported("its stride exceeds its kernel, with padding SAME");
        }
        return ConvGeometry.same(
                axes, Layout.CHANNELS_FIRST.spatialSizes(op.shape(x), axes.size()), AutoPad.SAME_UPPER);
    }

    /** Adds attributes to a node that reads the image {@code x}. */
    NodeWriter attributes(NodeWriter node, String x) throws NotConvertibleException {
        ConvGeometry geometry = geometry(x);
        node.integers("kernel_shape", list(geometry, ConvAxis::kernel));
        node.integers("strides", list(geometry, ConvAxis::stride));
        if (axes.stream().anyMatch(a -> a.dilation() > 1)) {
            node.integers("dilations", list(geometry, ConvAxis::dilation));
        }
        return geometry.isResolved()
                ? node.integers(
                        "pads",
                        LongStream.concat(
                                        Arrays.stream(list(geometry, ConvAxis::padBegin)),
                                        Arrays.stream(list(geometry, ConvAxis::padEnd)))
                                .toArray())
                : node.text("auto_pad", geometry.autoPad().name());
    }

    private static long[] list(ConvGeometry geometry, ToIntFunction<ConvAxis> what) {
        return geometry.axes().stream().mapToLong(what::applyAsInt).toArray();
    }
}
