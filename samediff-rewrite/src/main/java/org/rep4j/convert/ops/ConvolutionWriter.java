package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DepthwiseConv2D;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.graph.Layout;
import org.rep4j.samediff.NativeConvolutionOp;
import org.rep4j.samediff.SparseTaps;

/**
 * Writes ONNX's Conv as SameDiff ops: one op where there is one, depthwise_conv2d where each group is a channel, else
 *
 * <pre>
 * x → split → conv2d → concat → y
 *           → conv2d ↗
 * </pre>
 */
final class ConvolutionWriter {
    private final ImportedOp op;
    private final int groups;
    private final int out;
    private final int in;
    private SDVariable x;
    private List<ConvAxis> axes;
    private boolean same;

    private ConvolutionWriter(ImportedOp op) throws NotConvertibleException {
        this.op = op;
        ConvGeometry geometry = Windows.geometry(op, Windows.kernelOfWeights(op));
        this.groups = Math.toIntExact(op.node().integer("group", 1));
        this.out = (int) op.shape(1).dim(0);
        this.in = (int) op.shape(1).dim(1);
        this.axes = geometry.axes();
        this.x = op.in(0);
        pad(geometry);
    }

    /** The result of a Conv. */
    static List<SDVariable> write(ImportedOp op) throws NotConvertibleException {
        return ImportedOp.result(new ConvolutionWriter(op).write());
    }

    /** SameDiff's convolutions pad as much at both ends, or as TensorFlow does; other borders are an op of their own. */
    private void pad(ConvGeometry geometry) {
        if (Windows.isNativeSame(geometry) && !isDilated()) {
            same = true;
        } else if (!Windows.isSymmetric(geometry)) {
            x = Borders.padded(op, x, geometry, 0);
            axes = Windows.unpadded(axes);
        }
    }

    private SDVariable write() throws NotConvertibleException {
        if (groups > 1 && in == 1 && axes.size() < 3) {
            return depthwise();
        }
        List<Operand> weights = Operand.of(op, 1).split(groups);
        List<Operand> biases = op.has(2) ? Operand.of(op, 2).split(groups) : List.of();
        return Groups.write(
                op.graph(), x, groups, (part, g) -> plain(part, weights.get(g), op.has(2) ? biases.get(g) : null));
    }

    /** One channel per group, each with as many filters. */
    private SDVariable depthwise() throws NotConvertibleException {
        boolean flat = axes.size() == 1;
        List<ConvAxis> dilated = flat ? List.of(ConvAxis.pointwise(1), axes.get(0)) : axes;
        boolean dense = SparseTaps.areRefused(op.type(0), dilated);
        if (dense && !op.isConstant(1)) {
            throw op.unsupported("its taps lie apart and its weights are computed");
        }
        if (dense && !SparseTaps.canBeDense(dilated)) {
            throw op.unsupported("its taps lie too far apart");
        }
        List<ConvAxis> planar = dense ? SparseTaps.dense(dilated) : dilated;
        long[] form = LongStream.of(
                        groups,
                        out / groups,
                        dilated.get(0).kernel(),
                        dilated.get(1).kernel())
                .toArray();
        List<SDVariable> inputs = new ArrayList<>();
        inputs.add(flat ? op.graph().expandDims(x, 2) : x);
        Operand weights = Operand.of(op, 1).reshaped(form).permuted(2, 3, 0, 1);
        inputs.add(
                dense
                        ? weights.spread(0, dilated.get(0).dilation())
                                .spread(1, dilated.get(1).dilation())
                                .variable()
                        : weights.variable());
        if (op.has(2)) {
            inputs.add(op.in(2));
        }
        NativeConvolutionOp conv = new NativeConvolutionOp(planar, same, Layout.CHANNELS_FIRST);
        SDVariable result =
                new DepthwiseConv2D(op.graph(), inputs.toArray(SDVariable[]::new), conv.config2d()).outputVariable();
        return flat ? op.graph().squeeze(result, 2) : result;
    }

    private SDVariable plain(SDVariable part, Operand weights, @Nullable Operand bias) {
        if (isDilated()) {
            return dilated(part, weights, bias);
        }
        List<SDVariable> inputs = new ArrayList<>();
        inputs.add(part);
        inputs.add(weights.permuted(tapsFirst(1, 0)).variable());
        if (bias != null) {
            inputs.add(bias.variable());
        }
        return new NativeConvolutionOp(axes, same, Layout.CHANNELS_FIRST)
                .create(op.graph(), inputs.toArray(SDVariable[]::new))
                .outputVariable();
    }

    /** The spatial axes of weights, then two others. */
    private int[] tapsFirst(int second, int last) {
        return IntStream.concat(IntStream.range(2, axes.size() + 2), IntStream.of(second, last))
                .toArray();
    }

    private boolean isDilated() {
        boolean depthwise = groups > 1 && in == 1 && axes.size() < 3;
        return !depthwise && SparseTaps.areRefused(op.type(0), axes);
    }

    /** At stride 1, then every so many of the results. */
    private SDVariable dilated(SDVariable part, Operand weights, @Nullable Operand bias) {
        int rank = axes.size();
        boolean wide = !SparseTaps.canBeTransposed(axes);
        SDVariable input = wide ? Borders.padded(op, part, ConvGeometry.of(axes), 0) : part;
        List<ConvAxis> transposed = SparseTaps.transposed(wide ? Windows.unpadded(axes) : axes);
        int[] steps = new int[rank + 2];
        steps[0] = 1;
        steps[1] = 1;
        for (int i = 0; i < rank; i++) {
            steps[i + 2] = axes.get(i).stride();
        }
        Operand taps = weights.permuted(tapsFirst(0, 1))
                .reversed(IntStream.range(0, rank).toArray());
        SDVariable dense = new Transposed(transposed).write(op.graph(), input, taps, bias);
        return Borders.cut(op, dense, new int[rank + 2], new int[rank + 2], steps);
    }
}
