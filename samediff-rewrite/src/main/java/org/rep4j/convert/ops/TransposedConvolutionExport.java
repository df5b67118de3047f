package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Reverse;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;

/**
 * Writes SameDiff's transposed convolutions as ONNX's ConvTranspose. A dilated one of stride 1 is what {@link ConvolutionWriter} makes
 * of a Conv, and becomes one again.
 */
final class TransposedConvolutionExport {
    private final ExportedOp op;
    private final int rank;
    private final int[] order;
    private final NativeWindows windows;

    /** @param rank number of spatial axes */
    TransposedConvolutionExport(ExportedOp op, int rank) throws NotConvertibleException {
        this.op = op;
        this.rank = rank;
        this.order = inOutTaps();
        long[] sizes = NativeWeights.sizes(op, 1);
        long[] kernel =
                IntStream.range(2, rank + 2).mapToLong(i -> sizes[order[i]]).toArray();
        this.windows = NativeWindows.of(op, rank, 4 * rank + 1, kernel);
    }

    /** Where in the weights are the input channels, the output channels and the taps. */
    private int[] inOutTaps() throws NotConvertibleException {
        return switch (op.integer(4 * rank + 2, 0)) {
            case 0 -> NativeWeights.axes(rank + 1, rank, 0, rank);
            case 1 -> NativeWeights.axes(0, 1, 2, rank);
            case 2 -> NativeWeights.axes(0, rank + 1, 1, rank);
            default -> throw op.unsupported("its weights have an unknown order");
        };
    }

    void write() throws NotConvertibleException {
        String x = windows.channelsFirst();
        Optional<String> flipped = isConvolution() ? flipped() : Optional.empty();
        NodeWriter node = op.node(flipped.isPresent() ? "Conv" : "ConvTranspose");
        node.reads(x, flipped.isPresent() ? flipped.get() : NativeWeights.joined(op, 1, order));
        node.reads(NativeWeights.bias(op, 2));
        if (op.groups() > 1) {
            node.integer("group", op.groups());
        }
        node.integers("kernel_shape", list(ConvAxis::kernel));
        node.integers("strides", list(ConvAxis::stride));
        node.integers("dilations", list(ConvAxis::dilation));
        if (flipped.isPresent()) {
            node.integers("pads", pads(list(a -> a.span() - a.padBegin()), list(a -> a.span() - a.padEnd())));
        } else {
            cut(node);
        }
        windows.writes(node);
    }

    private boolean isConvolution() {
        return windows.mode() == 0
                && windows.axes().stream().allMatch(a -> a.stride() == 1 && a.padBegin() <= a.span())
                && windows.axes().stream().anyMatch(a -> a.dilation() > 1);
    }

    /** The weights of the convolution that it is, if they are constant: output channels, input channels, taps backwards. */
    private Optional<String> flipped() throws NotConvertibleException {
        int[] outIn = order.clone();
        outIn[0] = order[1];
        outIn[1] = order[0];
        int[] taps = IntStream.range(2, rank + 2).toArray();
        List<INDArray> parts = new ArrayList<>();
        for (int g = 0; g < op.groups(); g++) {
            Optional<INDArray> part = op.group(g).constant(1);
            if (part.isEmpty()) {
                return Optional.empty();
            }
            parts.add(Nd4j.exec(new Reverse(part.get().permute(outIn).dup('c'), taps))[0]);
        }
        return Optional.of(
                op.initializer(1, parts.size() == 1 ? parts.get(0) : Nd4j.concat(0, parts.toArray(INDArray[]::new))));
    }

    /** With padding SAME, the output has stride times as many elements as the input. */
    private void cut(NodeWriter node) throws NotConvertibleException {
        if (windows.mode() == 0) {
            node.integers("pads", pads(list(ConvAxis::padBegin), list(ConvAxis::padEnd)));
            return;
        }
        if (windows.axes().stream().anyMatch(a -> a.stride() > a.span() + 2)) {
            throw op.unsupported("its stride exceeds its kernel, with padding SAME");
        }
        node.integers(
                "pads",
                pads(
                        list(a -> Math.max(a.span() + 1 - a.stride(), 0) / 2),
                        list(a -> (Math.max(a.span() + 1 - a.stride(), 0) + 1) / 2)));
        node.integers("output_padding", list(a -> Math.max(a.stride() - a.span() - 1, 0)));
    }

    private long[] list(ToIntFunction<ConvAxis> what) {
        return windows.axes().stream().mapToLong(what::applyAsInt).toArray();
    }

    private static long[] pads(long[] begin, long[] end) {
        return LongStream.concat(LongStream.of(begin), LongStream.of(end)).toArray();
    }
}
