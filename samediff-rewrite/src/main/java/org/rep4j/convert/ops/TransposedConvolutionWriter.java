package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.graph.Layout;

/**
 * Writes ONNX's ConvTranspose as SameDiff ops. SameDiff's cut off as much at both ends of an axis; what should be cut unevenly is
 * written whole, then cut, and what should reach further gets taps of zeros. Groups are split and concatenated.
 */
final class TransposedConvolutionWriter {
    private final ImportedOp op;
    private final List<ConvAxis> axes;
    private final int[] begin;
    private final int[] end;

    private TransposedConvolutionWriter(ImportedOp op) throws NotConvertibleException {
        this.op = op;
        this.axes = Windows.axes(op, Windows.kernelOfWeights(op));
        this.begin = new int[axes.size()];
        this.end = new int[axes.size()];
        cuts();
    }

    /** The result of a ConvTranspose. */
    static List<SDVariable> write(ImportedOp op) throws NotConvertibleException {
        return ImportedOp.result(new TransposedConvolutionWriter(op).write());
    }

    /** How much is cut off at both ends of each axis; negative amounts are zeros that are added at the end. */
    private void cuts() throws NotConvertibleException {
        int[] beyond = op.node().integers("output_padding", axes.size(), 0);
        String padding = op.node().text("auto_pad", "NOTSET");
        boolean sized = op.node().hasAttribute("output_shape");
        if (!sized && !padding.startsWith("SAME")) {
            for (int i = 0; i < begin.length; i++) {
                begin[i] = axes.get(i).padBegin();
                end[i] = axes.get(i).padEnd() - beyond[i];
            }
            return;
        }
        int[] shape = sized ? outputShape() : new int[0];
        for (int i = 0; i < begin.length; i++) {
            ConvAxis axis = axes.get(i);
            int total;
            if (sized) {
                long size = Layout.CHANNELS_FIRST.spatialSizes(op.shape(0), axes.size())[i];
                if (size < 0) {
                    throw op.unsupported("its padding follows from output_shape and the unknown size of its input");
                }
                total = Math.toIntExact((size - 1) * axis.stride() + beyond[i] + axis.span() + 1 - shape[i]);
            } else {
                total = beyond[i] + axis.span() + 1 - axis.stride(); // as many as ⌈output/stride⌉ inputs
            }
            int cut = Math.max(total, 0);
            begin[i] = padding.equals("SAME_UPPER") ? cut / 2 : cut - cut / 2;
            end[i] = cut - begin[i] - beyond[i] + Math.min(total, 0);
        }
    }

    /** The spatial sizes; some models tell those of the batch and the channels, too. */
    private int[] outputShape() {
        int declared = op.node().integers("output_shape").orElse(new long[0]).length;
        int[] shape = op.node().integers("output_shape", declared == axes.size() + 2 ? declared : axes.size(), 0);
        return Arrays.copyOfRange(shape, shape.length - axes.size(), shape.length);
    }

    private SDVariable write() throws NotConvertibleException {
        int groups = Math.toIntExact(op.node().integer("group", 1));
        List<Operand> weights = Operand.of(op, 1).split(groups);
        List<Operand> biases = op.has(2) ? Operand.of(op, 2).split(groups) : List.of();
        List<ConvAxis> own = new ArrayList<>();
        int rank = axes.size();
        int[] taps = new int[rank + 2];
        int[] from = new int[rank + 2];
        int[] to = new int[rank + 2];
        int[] steps = new int[rank + 2];
        Arrays.fill(steps, 1);
        boolean even = Arrays.equals(begin, end);
        for (int i = 0; i < rank; i++) {
            ConvAxis axis = axes.get(i);
            int dilation = axis.dilation();
            taps[i] = Math.floorDiv(Math.max(-end[i], 0) + dilation - 1, dilation);
            int pad = even ? begin[i] : 0;
            own.add(new ConvAxis(axis.kernel() + taps[i], axis.stride(), dilation, pad, pad));
            from[i + 2] = begin[i] - pad;
            to[i + 2] = end[i] - pad + taps[i] * own.get(i).dilation();
        }
        Transposed deconvolution = new Transposed(own);
        int[] order = IntStream.concat(IntStream.range(2, rank + 2), IntStream.of(1, 0))
                .toArray();
        SDVariable whole = Groups.write(
                op.graph(),
                op.in(0),
                groups,
                (part, g) -> deconvolution.write(
                        op.graph(),
                        part,
                        weights.get(g).permuted(order).grown(taps),
                        op.has(2) ? biases.get(g) : null));
        return Borders.cut(op, whole, from, to, steps);
    }
}
