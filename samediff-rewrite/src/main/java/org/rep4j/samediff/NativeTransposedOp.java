package org.rep4j.samediff;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DeConv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DeConv3D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv3DConfig;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.graph.Layout;

/**
 * A transposed convolution op of SameDiff without groups.
 *
 * @param axes two or three; what they pad is cut off at both ends of the result, the same there
 * @param same whether that follows from the size of the input
 * @param layout where the channels are
 */
public record NativeTransposedOp(List<ConvAxis> axes, boolean same, Layout layout) {

    /**
     * The op in its graph.
     *
     * @param inputs what is convolved; the weights, as taps, output channels, input channels; the bias, if there is one
     */
    public DifferentialFunction create(SameDiff graph, SDVariable[] inputs) {
        if (axes.size() == 2) {
            return new DeConv2D(graph, inputs, config2d());
        }
        return inputs.length == 3
                ? new DeConv3D(graph, inputs[0], inputs[1], inputs[2], config3d())
                : new DeConv3D(graph, inputs[0], inputs[1], config3d());
    }

    private String format(String channelsFirst, String channelsLast) {
        return layout == Layout.CHANNELS_FIRST ? channelsFirst : channelsLast;
    }

    private DeConv2DConfig config2d() {
        return DeConv2DConfig.builder()
                .kH(axes.get(0).kernel())
                .kW(axes.get(1).kernel())
                .sH(axes.get(0).stride())
                .sW(axes.get(1).stride())
                .pH(axes.get(0).padBegin())
                .pW(axes.get(1).padBegin())
                .dH(axes.get(0).dilation())
                .dW(axes.get(1).dilation())
                .isSameMode(same)
                .dataFormat(format("NCHW", "NHWC"))
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
                .isSameMode(same)
                .dataFormat(format("NCDHW", "NDHWC"))
                .build();
    }
}
