package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DeConv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DeConv3D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv3DConfig;
import org.rep4j.algebra.ConvAxis;

/**
 * A transposed convolution op of SameDiff, on images {@code [batch, channels, …]}.
 *
 * @param axes one to three; what they pad is cut off at both ends of the result, the same there
 */
record NativeTransposedOp(List<ConvAxis> axes) {

    /**
     * The op in its graph. SameDiff has none for one axis: that is the second of two.
     *
     * @param weights taps, output channels, input channels
     */
    SDVariable create(SameDiff graph, SDVariable x, Operand weights, @Nullable Operand bias) {
        boolean flat = axes.size() == 1;
        List<SDVariable> inputs = new ArrayList<>();
        inputs.add(flat ? graph.expandDims(x, 2) : x);
        inputs.add((flat ? weights.expanded(0) : weights).variable());
        if (bias != null) {
            inputs.add(bias.variable());
        }
        if (axes.size() < 3) {
            SDVariable result = new DeConv2D(graph, inputs.toArray(SDVariable[]::new), config2d()).outputVariable();
            return flat ? graph.squeeze(result, 2) : result;
        }
        DeConv3D op = bias == null
                ? new DeConv3D(graph, inputs.get(0), inputs.get(1), config3d())
                : new DeConv3D(graph, inputs.get(0), inputs.get(1), inputs.get(2), config3d());
        return op.outputVariable();
    }

    private DeConv2DConfig config2d() {
        ConvAxis height = axes.size() == 1 ? ConvAxis.pointwise(1) : axes.get(0);
        ConvAxis width = axes.get(axes.size() - 1);
        return DeConv2DConfig.builder()
                .kH(height.kernel())
                .kW(width.kernel())
                .sH(height.stride())
                .sW(width.stride())
                .pH(height.padBegin())
                .pW(width.padBegin())
                .dH(height.dilation())
                .dW(width.dilation())
                .isSameMode(false)
                .dataFormat("NCHW")
                .build();
    }

    private DeConv3DConfig config3d() {
        return DeConv3DConfig.builder()
                .kD(axes.get(0).kernel())
                .kH(axes.get(1).kernel())
                .kW(axes.get(2).kernel())
                .sD(axes.get(0).stride())
                .sH(axes.get(1).stride())
                .sW(axes.get(2).stride())
                .pD(axes.get(0).padBegin())
                .pH(axes.get(1).padBegin())
                .pW(axes.get(2).padBegin())
                .dD(axes.get(0).dilation())
                .dH(axes.get(1).dilation())
                .dW(axes.get(2).dilation())
                .isSameMode(false)
                .dataFormat("NCDHW")
                .build();
    }
}
