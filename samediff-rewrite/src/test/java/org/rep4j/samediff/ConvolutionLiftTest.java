package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.rep4j.rewrite.RepPass;

/** Convolution → BatchNorm in every form that SameDiff has, down to one op. */
class ConvolutionLiftTest {

    static Stream<Arguments> forms() {
        return Stream.of("NCHW", "NHWC")
                .flatMap(format -> Stream.of(WeightsFormat.values())
                        .flatMap(weights -> Stream.of(PaddingMode.VALID, PaddingMode.SAME)
                                .flatMap(padding -> Stream.of(true, false)
                                        .map(trainable -> Arguments.of(format, weights, padding, trainable)))));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void foldsEveryFormOfConv2d(String format, WeightsFormat weights, PaddingMode padding, boolean trainable) {
        Net net = new Net(1);
        if (!trainable) {
            net.frozen();
        }
        boolean nchw = format.equals("NCHW");
        SDVariable x = nchw ? net.input("x", 2, 3, 9, 8) : net.input("x", 2, 9, 8, 3);
        SDVariable w = weights == WeightsFormat.YXIO
                ? net.parameter(3, 2, 3, 5)
                : weights == WeightsFormat.OIYX ? net.parameter(5, 3, 3, 2) : net.parameter(5, 3, 2, 3);
        Conv2DConfig config = Net.conv(3, 2)
                .sH(2)
                .pH(1)
                .dW(2)
                .paddingMode(padding)
                .dataFormat(format)
                .weightsFormat(weights)
                .build();
        SDVariable conv = net.sd.cnn.conv2d("conv", x, w, net.parameter(5), config);
        net.batchNorm("y", conv, 5, nchw ? 1 : 3);

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).containsExactly("conv2d");
        assertThat(deployed.graph().variables())
                .filteredOn(v -> v.getVariableType() == (trainable ? VariableType.VARIABLE : VariableType.CONSTANT))
                .as("weights and bias")
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"DOUBLE", "FLOAT"})
    void foldsWithoutBias(DataType type) {
        Net net = new Net(2, type);
        SDVariable x = net.input("x", 3, 4, 7, 5);
        net.batchNorm(
                "y",
                net.sd.cnn.conv2d(x, net.parameter(1, 3, 4, 6), Net.conv(1, 3).build()),
                6,
                1);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d");
    }

    @Test
    void keepsTypeHalf() {
        Net net = new Net(3, DataType.FLOAT16);
        SDVariable x = net.input("x", 1, 2, 4, 4);
        SDVariable conv =
                net.sd.cnn.conv2d(x, net.parameter(1, 1, 2, 2), Net.conv(1, 1).build());
        conv.mul("y", 2.0);

        SameDiff deployed = RepPass.standard().apply(net.sd, "y").graph();

        assertThat(Deployment.kinds(deployed)).containsExactly("conv2d");
        assertThat(deployed.getVariable("y_weights").dataType()).isEqualTo(DataType.FLOAT16);
    }

    @Test
    void readsViewsAndFortranOrder() {
        Net net = new Net(4);
        SDVariable x = net.input("x", 2, 3, 6, 7);
        INDArray stored = net.array(-1, 1, 5, 3, 3, 2);
        INDArray view = stored.permute(2, 3, 1, 0);
        SDVariable first = net.sd.cnn.conv2d(
                x, net.sd.constant("view", view), Net.conv(3, 2).build());
        SDVariable second = net.sd.cnn.conv2d(
                net.sd.nn.relu("r", first, 0),
                net.sd.var("f", net.array(-1, 1, 1, 1, 5, 4).dup('f')),
                Net.conv(1, 1).build());
        net.batchNorm("a", first, 5, 1);
        net.batchNorm("b", second, 4, 1);

        assertThat(net.deploy("b").ops()).containsExactly("conv2d", "relu", "conv2d");
        assertThat(net.deploy("a").ops()).containsExactly("conv2d");
    }

    @ParameterizedTest
    @CsvSource({"VALID,NCHW", "SAME,NCHW", "VALID,NHWC", "SAME,NHWC"})
    void foldsDepthwise(PaddingMode padding, String format) {
        Net net = new Net(5);
        boolean nchw = format.equals("NCHW");
        SDVariable x = nchw ? net.input("x", 2, 4, 9, 8) : net.input("x", 2, 9, 8, 4);
        SDVariable conv = net.sd.cnn.depthWiseConv2d(
                x,
                net.parameter(3, 2, 4, 3),
                net.parameter(12),
                Net.conv(3, 2)
                        .sH(2)
                        .sW(2)
                        .pH(1)
                        .paddingMode(padding)
                        .dataFormat(format)
                        .build());
        net.batchNorm("y", conv, 12, nchw ? 1 : 3);

        assertThat(net.deploy("y").ops()).containsExactly("depthwise_conv2d");
    }

    @ParameterizedTest
    @CsvSource({"VALID,NCW", "SAME,NCW", "VALID,NWC", "SAME,NWC"})
    void foldsConv1d(PaddingMode padding, String format) {
        Net net = new Net(6);
        boolean first = format.equals("NCW");
        SDVariable x = first ? net.input("x", 2, 4, 11) : net.input("x", 2, 11, 4);
        Conv1DConfig config = Conv1DConfig.builder()
                .k(3)
                .s(2)
                .p(padding == PaddingMode.SAME ? 0 : 1)
                .d(1)
                .paddingMode(padding)
                .dataFormat(format)
                .build();
        net.batchNorm("y", net.sd.cnn.conv1d(x, net.parameter(3, 4, 5), net.parameter(5), config), 5, first ? 1 : 2);

        assertThat(net.deploy("y").ops()).containsExactly("conv1d");
    }

    @ParameterizedTest
    @CsvSource({"VALID,NCDHW", "SAME,NCDHW", "VALID,NDHWC", "SAME,NDHWC"})
    void foldsConv3d(PaddingMode padding, String format) {
        Net net = new Net(7);
        boolean first = format.equals("NCDHW");
        SDVariable x = first ? net.input("x", 2, 3, 5, 6, 7) : net.input("x", 2, 5, 6, 7, 3);
        Conv3DConfig config = Conv3DConfig.builder()
                .kD(3)
                .kH(2)
                .kW(1)
                .sD(1)
                .sH(2)
                .sW(1)
                .pD(padding == PaddingMode.SAME ? 0 : 1)
                .paddingMode(padding)
                .dataFormat(format)
                .build();
        SDVariable conv = net.sd.cnn.conv3d(x, net.parameter(3, 2, 1, 3, 4), net.parameter(4), config);
        net.batchNorm("y", conv, 4, first ? 1 : 4);

        assertThat(net.deploy("y").ops()).containsExactly("conv3dnew");
    }

    @ParameterizedTest
    @CsvSource({"false,NCHW", "true,NCHW", "false,NHWC", "true,NHWC"})
    void foldsTransposed(boolean same, String format) {
        Net net = new Net(8);
        boolean nchw = format.equals("NCHW");
        SDVariable x = nchw ? net.input("x", 2, 4, 5, 6) : net.input("x", 2, 5, 6, 4);
        DeConv2DConfig config = DeConv2DConfig.builder()
                .kH(3)
                .kW(2)
                .sH(2)
                .sW(1)
                .pH(same ? 0 : 1)
                .isSameMode(same)
                .dataFormat(format)
                .build();
        SDVariable conv = net.sd.cnn.deconv2d(x, net.parameter(3, 2, 5, 4), net.parameter(5), config);
        net.batchNorm("y", conv, 5, nchw ? 1 : 3);

        assertThat(net.deploy("y").ops()).containsExactly("deconv2d");
    }

    @Test
    void emitsWeightsThatTrain() {
        Net net = new Net(9);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        SDVariable conv = net.sd.cnn.conv2d(
                x,
                net.parameter(4, 3, 3, 3),
                Net.conv(3, 3).weightsFormat(WeightsFormat.OIYX).build());
        net.batchNorm("y", conv, 4, 1);

        var deployed = net.deploy("y").graph();

        CustomOp op = (CustomOp) deployed.getOpById("y");
        assertThat(op.iArgs()).endsWith(0); // YXIO
        SDVariable loss = deployed.math.square(deployed.getVariable("y")).mean("loss");
        loss.markAsLoss();
        assertThat(deployed.calculateGradients(net.inputs(), "y_weights"))
                .hasEntrySatisfying(
                        "y_weights",
                        g -> assertThat(g.amaxNumber().doubleValue()).isPositive());
    }
}
