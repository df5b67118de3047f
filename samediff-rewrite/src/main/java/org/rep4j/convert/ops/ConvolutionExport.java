package org.rep4j.convert.ops;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;

/** Writes SameDiff's convolutions as ONNX's Conv. */
final class ConvolutionExport {
    private final ExportedOp op;
    private final int rank;

    /** @param rank number of spatial axes */
    ConvolutionExport(ExportedOp op, int rank) {
        this.op = op;
        this.rank = rank;
    }

    private int order() {
        return op.integer(4 * rank + 2, 0);
    }

    private NativeWindows windows(int... order) throws NotConvertibleException {
        long[] sizes = NativeWeights.sizes(op, 1);
        long[] kernel = new long[rank];
        for (int i = 0; i < rank; i++) {
            kernel[i] = sizes[order[i + 2]];
        }
        return NativeWindows.of(op, rank, 4 * rank + 1, kernel);
    }

    void write() throws NotConvertibleException {
        int[] order = NativeWeights.outInTaps(op, order(), rank);
        NativeWindows windows = windows(order);
        String x = windows.channelsFirst();
        NodeWriter conv =
                op.node("Conv").reads(x, NativeWeights.joined(op, 1, order)).reads(NativeWeights.bias(op, 2));
        if (op.groups() > 1) {
            conv.integer("group", op.groups());
        }
        windows.writes(windows.attributes(conv, x));
    }

    void writeDepthwise() throws NotConvertibleException {
        NativeWindows windows = windows(channelsFirst());
        String x = windows.channelsFirst();
        windows.writes(depthwise(windows, x).reads(NativeWeights.bias(op, 2)));
    }

    /** A depthwise convolution, then a pointwise one that its third input may bring. */
    void writeSeparable() throws NotConvertibleException {
        if (op.count() == 2 || NativeWeights.sizes(op, 2).length == 1) {
            writeDepthwise();
            return;
        }
        NativeWindows windows = windows(channelsFirst());
        String x = windows.channelsFirst();
        String channels = depthwise(windows, x).value();
        String mixing = op.permuted(2, NativeWeights.outInTaps(op, order(), rank));
        windows.writes(op.node("Conv").reads(channels, mixing).reads(NativeWeights.bias(op, 3)));
    }

    /** Where the channels, the filters of each of them, and the taps are. */
    private int[] channelsFirst() throws NotConvertibleException {
        int[] outIn = NativeWeights.outInTaps(op, order(), rank);
        return NativeWeights.axes(outIn[1], outIn[0], outIn[2], rank);
    }

    private NodeWriter depthwise(NativeWindows windows, String x) throws NotConvertibleException {
        int[] order = channelsFirst();
        long[] sizes = NativeWeights.sizes(op, 1);
        long channels = sizes[order[0]];
        long filters = sizes[order[1]];
        if (channels < 0 || filters < 0) {
            throw op.unsupported("the shape of its weights is not known");
        }
        long[] form = {channels * filters, 1, sizes[order[2]], sizes[order[3]]};
        Optional<INDArray> constant = op.constant(1);
        String weights;
        if (constant.isPresent()) {
            weights = op.initializer(1, constant.get().permute(order).dup('c').reshape(form));
        } else {
            weights = op.node("Reshape")
                    .reads(op.permuted(1, order), op.vector(form))
                    .value();
        }
        return windows.attributes(op.node("Conv").reads(x, weights).integer("group", channels), x);
    }
}
