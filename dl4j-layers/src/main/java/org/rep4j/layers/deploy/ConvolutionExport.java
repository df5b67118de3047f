package org.rep4j.layers.deploy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DepthwiseConv2D;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.graph.Layout;
import org.rep4j.samediff.NativeConvolutionOp;
import org.rep4j.samediff.SparseTaps;

/**
 * Writes convolutions in the forms that the lift of SameDiff graphs reads as one. Taps that lie apart get zeros between them where
 * oneDNN refuses dilations; padding that is not the same at both ends becomes an op of its own.
 */
final class ConvolutionExport {
    private final ExportScope scope;
    private final Layout layout;
    private final SDVariable input;
    private final boolean same;
    private final List<ConvAxis> axes;
    private final List<ConvAxis> written;

    /**
     * @param axes where the taps lie, one to three
     * @param same whether the padding follows from the size of the image instead
     */
    ConvolutionExport(ExportScope scope, Layout layout, SDVariable input, List<ConvAxis> axes, boolean same) {
        this.scope = scope;
        this.layout = layout;
        this.same = same;
        this.axes = axes;
        boolean even = axes.stream().allMatch(a -> a.padBegin() == a.padEnd() && a.padBegin() >= 0);
        this.input = same || even ? input : new BorderExport(scope).around(input, layout, axes);
        List<ConvAxis> own = same || even
                ? axes
                : axes.stream()
                        .map(a -> new ConvAxis(a.kernel(), a.stride(), a.dilation(), 0, 0))
                        .toList();
        if (SparseTaps.areRefused(scope.type(), own)) {
            if (!SparseTaps.canBeDense(own)) {
                throw new InexpressibleException("its taps lie too far apart");
            }
            own = SparseTaps.dense(own);
        }
        this.written = own;
    }

    /**
     * A convolution without groups.
     *
     * @param weights {@code [taps…, in, out]}
     */
    SDVariable dense(INDArray weights, @Nullable INDArray bias) {
        return plain(input, weights, bias);
    }

    private SDVariable plain(SDVariable part, INDArray weights, @Nullable INDArray bias) {
        return scope.named(
                "conv", op().create(scope.graph(), inputs(part, weights, bias)).outputVariable());
    }

    private NativeConvolutionOp op() {
        return new NativeConvolutionOp(written, same, layout);
    }

    private SDVariable[] inputs(SDVariable part, INDArray weights, @Nullable INDArray bias) {
        boolean dense = !written.stream()
                .map(ConvAxis::kernel)
                .toList()
                .equals(axes.stream().map(ConvAxis::kernel).toList());
        SDVariable kernel = scope.constant("weights", dense ? SparseTaps.dense(weights, 0, axes) : weights);
        return bias == null
                ? new SDVariable[] {part, kernel}
                : new SDVariable[] {part, kernel, scope.perChannel("bias", bias)};
    }

    /**
     * A convolution of each channel by itself.
     *
     * @param weights {@code [height, width, in, out / in]}
     */
    SDVariable depthwise(INDArray weights, @Nullable INDArray bias) {
        return scope.named(
                "conv",
                new DepthwiseConv2D(scope.graph(), inputs(input, weights, bias), op().config2d()).outputVariable());
    }

    /**
     * A convolution of groups of channels.
     *
     * @param weights {@code [groups, taps…, in / groups, out / groups]}
     */
    SDVariable grouped(INDArray weights, @Nullable INDArray bias) {
        int groups = Math.toIntExact(weights.size(0));
        INDArray kernels = weights.dup('c'); // of views of the net's parameters ND4J takes some points for empty
        int axis = Math.floorMod(layout.channelAxis(), axes.size() + 2);
        SDVariable[] parts = scope.graph().split(input, groups, axis);
        SDVariable[] results = new SDVariable[groups];
        long width = weights.size(weights.rank() - 1);
        for (int g = 0; g < groups; g++) {
            parts[g] = scope.named("group", parts[g]);
        }
        for (int g = 0; g < groups; g++) {
            INDArray ofGroup = bias == null
                    ? null
                    : bias.reshape(bias.length()).get(NDArrayIndex.interval(g * width, (g + 1) * width));
            results[g] = plain(parts[g], kernels.get(NDArrayIndex.point(g)), ofGroup);
        }
        return scope.named("groups", scope.graph().concat(axis, results));
    }
}
