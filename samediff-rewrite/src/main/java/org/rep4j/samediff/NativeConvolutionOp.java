package org.rep4j.samediff;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv1D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv3D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.graph.Layout;

/**
 * A convolution op of SameDiff without groups.
 *
 * @param axes one to three, with the same padding at both ends
 * @param same whether the padding follows from the size of the input
 * @param layout where the channels are
 */
public record NativeConvolutionOp(List<ConvAxis> axes, boolean same, Layout layout) {

    /** The op in its graph. */
    public DifferentialFunction create(SameDiff graph, SDVariable[] inputs) {
        return switch (axes.size()) {
            case 1 -> new Conv1D(graph, inputs, config1d());
            case 2 -> new Conv2D(graph, inputs, config2d());
            default -> new Conv3D(graph, inputs, config3d());
        };
    }

    private PaddingMode mode() {
        return same ? PaddingMode.SAME : PaddingMode.VALID;
    }

    private int pad(int axis) {
        return same ? 0 : axes.get(axis).padBegin();
    }

    private String format(String channelsFirst, String channelsLast) {
        return layout == Layout.CHANNELS_FIRST ? channelsFirst : channelsLast;
    }

    private Conv1DConfig config1d() {
        return Conv1DConfig.builder()
                .k(axes.get(0).kernel())
                .s(axes.get(0).stride())
                .p(pad(0))
                .d(axes.get(0).dilation())
                .paddingMode(mode())
                .dataFormat(format("NCW", "NWC"))
                .build();
    }

    /** The configuration in two dimensions, for depthwise convolutions, too. */
    public Conv2DConfig config2d() {
        return Conv2DConfig.builder()
                .kH(axes.get(0).kernel())
                .kW(axes.get(1).kernel())
                .sH(axes.get(0).stride())
                .sW(axes.get(1).stride())
                .pH(pad(0))
                .pW(pad(1))
                .dH(axes.get(0).dilation())
                .dW(axes.get(1).dilation())
                .paddingMode(mode())
                .dataFormat(format("NCHW", "NHWC"))
                .weightsFormat(WeightsFormat.YXIO)
                .build();
    }

    private Conv3DConfig config3d() {
        return Conv3DConfig.builder()
                .kD(axes.get(0).kernel())
                .kH(axes.get(1).kernel())
                .kW(axes.get(2).kernel())
                .sD(axes.get(0).stride())
                .sH(axes.get(1).stride())
                .sW(axes.get(2).stride())
                .pD(pad(0))
                .pH(pad(1))
                .pW(pad(2))
                .dD(axes.get(0).dilation())
                .dH(axes.get(1).dilation())
                .dW(axes.get(2).dilation())
                .paddingMode(mode())
                .dataFormat(format("NCDHW", "NDHWC"))
                .build();
    }
}
