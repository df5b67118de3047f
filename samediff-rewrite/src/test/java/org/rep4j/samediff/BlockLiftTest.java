package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;

/** Whole blocks: parallel branches, groups, paddings. */
class BlockLiftTest {

    @Test
    void mergesRepVggBlock() {
        Net net = new Net(1);
        SDVariable x = net.input("x", 2, 6, 9, 7);
        SDVariable sum = net.convBn("dense", x, 6, 6, 3, 1)
                .add(net.convBn("point", x, 6, 6, 1, 1))
                .add("sum", net.batchNorm("identity", x, 6, 1));
        net.sd.nn.relu("y", sum, 0);

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).containsExactly("conv2d", "relu");
        assertThat(deployed.graph().getOps().keySet()).contains("sum");
    }

    @Test
    void mergesChainOfBlocks() {
        Net net = new Net(2);
        SDVariable x = net.input("x", 2, 3, 12, 10);
        SDVariable y = x;
        int channels = 3;
        for (int i = 0; i < 4; i++) {
            int stride = i % 2 == 0 ? 2 : 1;
            SDVariable sum = net.convBn("dense" + i, y, channels, 8, 3, stride)
                    .add(net.convBn("point" + i, y, channels, 8, 1, stride));
            y = net.sd.nn.relu("block" + i, stride == 1 ? sum.add(net.batchNorm("id" + i, y, 8, 1)) : sum, 0);
            channels = 8;
        }

        assertThat(net.deploy("block3").ops())
                .containsExactly("conv2d", "relu", "conv2d", "relu", "conv2d", "relu", "conv2d", "relu");
    }

    /** Where the 1×1 kernel belongs in the 3×3 one depends on the size of the input. */
    @ParameterizedTest
    @CsvSource({"9,8", "8,9", "8,8", "9,9"})
    void mergesStridedSamePaddingByInputSize(int height, int width) {
        Net net = new Net(3);
        SDVariable x = net.input("x", 2, 3, height, width);
        SDVariable activated = net.sd.nn.relu(x, 0);
        Conv2DConfig large =
                Net.conv(3, 3).sH(2).sW(2).paddingMode(PaddingMode.SAME).build();
        Conv2DConfig small =
                Net.conv(1, 1).sH(2).sW(2).paddingMode(PaddingMode.SAME).build();
        SDVariable a = net.sd.cnn.conv2d(activated, net.parameter(3, 3, 3, 5), large);
        SDVariable b = net.sd.cnn.conv2d(activated, net.parameter(1, 1, 3, 5), small);
        net.batchNorm("y", a.add(net.batchNorm("b", b, 5, 1)), 5, 1);

        assertThat(net.deploy("y").ops()).containsExactly("relu", "conv2d");
    }

    @Test
    void leavesStridedSamePaddingApartIfInputSizeIsUnknown() {
        Net net = new Net(4);
        net.input("x", 2, 3, 8, 8);
        SDVariable x = net.sd.placeHolder("free", DataType.DOUBLE, -1, 3, -1, -1);
        net.inputs().put("free", net.array(-1, 1, 2, 3, 8, 8));
        Conv2DConfig.Conv2DConfigBuilder config = Net.conv(3, 3).sH(2).sW(2).paddingMode(PaddingMode.SAME);
        SDVariable a = net.sd.cnn.conv2d(x, net.parameter(3, 3, 3, 5), config.build());
        SDVariable b = net.sd.cnn.conv2d(
                x, net.parameter(1, 1, 3, 5), config.kH(1).kW(1).build());
        net.batchNorm("a", a, 5, 1).add("y", net.batchNorm("b", b, 5, 1));

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).containsExactly("conv2d", "conv2d", "add");
        assertThat(deployed.report().declined())
                .anySatisfy(d -> assertThat(d.reason()).contains("input size that is not known"));
    }

    @Test
    void keepsSamePaddingOfASingleConvolution() {
        Net net = new Net(5);
        SDVariable x = net.input("x", 2, 3, 8, 7);
        Conv2DConfig config =
                Net.conv(4, 3).sH(2).sW(3).paddingMode(PaddingMode.SAME).build();
        net.batchNorm("y", net.sd.cnn.conv2d(x, net.parameter(4, 3, 3, 5), config), 5, 1);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d");
    }

    /** A stride so large that libnd4j pads by a negative number. */
    @Test
    void foldsSamePaddingWithLargeStride() {
        Net net = new Net(6);
        SDVariable x = net.input("x", 2, 3, 12, 12);
        Conv2DConfig config =
                Net.conv(1, 1).sH(4).sW(4).paddingMode(PaddingMode.SAME).build();
        net.batchNorm("y", net.sd.cnn.conv2d(x, net.parameter(1, 1, 3, 5), config), 5, 1);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d");
    }

    @ParameterizedTest
    @CsvSource({"NCHW,true", "NCHW,false", "NHWC,true", "NHWC,false"})
    void readsGroupsAsOneConvolution(String format, boolean biased) {
        Net net = new Net(7);
        boolean nchw = format.equals("NCHW");
        SDVariable x = nchw ? net.input("x", 2, 6, 9, 8) : net.input("x", 2, 9, 8, 6);
        int axis = nchw ? 1 : 3;
        SDVariable[] parts = net.sd.split(x, 3, axis);
        SDVariable[] results = new SDVariable[3];
        for (int g = 0; g < 3; g++) {
            Conv2DConfig config = Net.conv(3, 1).sH(2).pH(1).dataFormat(format).build();
            SDVariable weights = net.parameter(3, 1, 2, 4);
            results[g] = biased
                    ? net.sd.cnn.conv2d(parts[g], weights, net.parameter(4), config)
                    : net.sd.cnn.conv2d(parts[g], weights, config);
        }
        net.batchNorm("y", net.sd.concat(nchw ? axis : -1, results), 12, axis);

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).containsExactly("split", "conv2d", "conv2d", "conv2d", "concat");
        assertThat(deployed.result().before().nodes()).hasSize(2);
        assertThat(deployed.result().after().nodes()).hasSize(1);
    }

    @Test
    void mergesGroupedBlock() {
        Net net = new Net(8);
        SDVariable x = net.input("x", 2, 4, 7, 9);
        SDVariable sum = null;
        for (int kernel : new int[] {3, 1}) {
            SDVariable[] parts = net.sd.split(x, 2, 1);
            SDVariable[] results = new SDVariable[2];
            for (int g = 0; g < 2; g++) {
                Conv2DConfig config =
                        Net.conv(kernel, kernel).pH(kernel / 2).pW(kernel / 2).build();
                results[g] = net.sd.cnn.conv2d(parts[g], net.parameter(kernel, kernel, 2, 2), config);
            }
            SDVariable branch = net.batchNorm("bn" + kernel, net.sd.concat(1, results), 4, 1);
            sum = sum == null ? branch : sum.add(branch);
        }
        net.sd.math.add("y", sum, net.batchNorm("identity", x, 4, 1));

        assertThat(net.deploy("y").ops()).containsExactly("split", "conv2d", "conv2d", "concat");
    }

    @Test
    void mergesDepthwiseBlock() {
        Net net = new Net(9);
        SDVariable x = net.input("x", 2, 5, 7, 9);
        SDVariable large = net.sd.cnn.depthWiseConv2d(
                x, net.parameter(5, 3, 5, 1), Net.conv(5, 3).pH(2).pW(1).build());
        SDVariable small = net.sd.cnn.depthWiseConv2d(
                x, net.parameter(1, 1, 5, 1), Net.conv(1, 1).build());
        net.batchNorm("a", large, 5, 1).add(net.batchNorm("b", small, 5, 1)).add("y", x);

        assertThat(net.deploy("y").ops()).containsExactly("depthwise_conv2d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NCHW", "NHWC"})
    void absorbsAsymmetricPad(String format) {
        Net net = new Net(10);
        boolean nchw = format.equals("NCHW");
        SDVariable x = nchw ? net.input("x", 2, 3, 8, 7) : net.input("x", 2, 8, 7, 3);
        int[][] amounts =
                nchw ? new int[][] {{0, 0}, {0, 0}, {0, 1}, {2, 1}} : new int[][] {{0, 0}, {0, 1}, {2, 1}, {0, 0}};
        SDVariable padded = net.sd.nn.pad(x, net.sd.constant(Nd4j.createFromArray(amounts)), 0);
        SDVariable large = net.sd.cnn.conv2d(
                padded,
                net.parameter(3, 3, 3, 4),
                Net.conv(3, 3).sH(2).dataFormat(format).build());
        net.batchNorm("y", large, 4, nchw ? 1 : 3);

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).containsExactly("pad", "conv2d");
        assertThat(deployed.result().before().nodes()).hasSize(2);
    }

    @Test
    void readsAsymmetricGroupsAsOneConvolution() {
        Net net = new Net(16);
        SDVariable x = net.input("x", 2, 4, 8, 7);
        int[][] amounts = {{0, 0}, {0, 0}, {0, 1}, {2, 0}};
        SDVariable padded = net.sd.nn.pad(x, net.sd.constant(Nd4j.createFromArray(amounts)), 0);
        SDVariable[] parts = net.sd.split(padded, 2, 1);
        SDVariable a = net.sd.cnn.conv2d(
                parts[0], net.parameter(2, 3, 2, 3), Net.conv(2, 3).build());
        SDVariable b = net.sd.cnn.conv2d(
                parts[1], net.parameter(2, 3, 2, 3), Net.conv(2, 3).build());
        net.batchNorm("y", net.sd.concat(1, a, b), 6, 1);

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).containsExactly("pad", "split", "conv2d", "conv2d", "concat");
        assertThat(deployed.result().after().nodes()).hasSize(1);
    }

    @Test
    void leavesGroupsThatAreNotOneConvolution() {
        Net net = new Net(17);
        SDVariable x = net.input("x", 2, 4, 8, 7);
        SDVariable[] parts = net.sd.split(x, 2, 1);
        SDVariable a = net.sd.cnn.conv2d(
                "a", parts[1], net.parameter(1, 1, 2, 3), Net.conv(1, 1).build());
        SDVariable b = net.sd.cnn.conv2d(
                "b", parts[0], net.parameter(1, 1, 2, 3), Net.conv(1, 1).build());
        net.sd.nn.relu("crossed", net.sd.concat(1, a, b), 0);

        ConvGraph lifted = new SameDiffAdapter(List.of("crossed")).lift(net.sd).graph();

        assertThat(lifted.nodes()).filteredOn(Convolution.class::isInstance).hasSize(2);
        assertThat(net.deploy("crossed").ops()).hasSize(5);
    }

    @Test
    void absorbsAsymmetricPadIntoConv1d() {
        Net net = new Net(18);
        SDVariable x = net.input("x", 2, 3, 9);
        int[][] amounts = {{0, 0}, {0, 0}, {2, 0}};
        SDVariable padded = net.sd.nn.pad(x, net.sd.constant(Nd4j.createFromArray(amounts)), 0);
        Conv1DConfig config = Conv1DConfig.builder()
                .k(3)
                .s(1)
                .p(0)
                .d(1)
                .paddingMode(PaddingMode.VALID)
                .dataFormat("NCW")
                .build();
        net.batchNorm("y", net.sd.cnn.conv1d(padded, net.parameter(3, 3, 4), config), 4, 1);

        assertThat(net.deploy("y").ops()).containsExactly("pad", "conv1d");
    }

    @Test
    void leavesCausalPaddingToSameDiff() {
        Net net = new Net(19);
        SDVariable x = net.input("x", 2, 3, 9);
        Conv1DConfig config = Conv1DConfig.builder()
                .k(3)
                .s(1)
                .p(0)
                .d(1)
                .paddingMode(PaddingMode.CAUSAL)
                .dataFormat("NCW")
                .build();
        net.batchNorm("y", net.sd.cnn.conv1d(x, net.parameter(3, 3, 4), config), 4, 1);

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).containsExactly("conv1d", "batchnorm");
        assertThat(deployed.result().before().toString()).contains("its padding is causal");
    }

    /** 2×2 and 1×1 with SAME padding: the pads differ at the two ends, and a single op can do that. */
    @Test
    void keepsOneOpForEvenKernelsWithSamePadding() {
        Net net = new Net(20);
        SDVariable x = net.input("x", 2, 3, 6, 7);
        Conv2DConfig.Conv2DConfigBuilder config = Net.conv(2, 2).paddingMode(PaddingMode.SAME);
        SDVariable large = net.sd.cnn.conv2d(x, net.parameter(2, 2, 3, 3), config.build());
        SDVariable small = net.sd.cnn.conv2d(
                x, net.parameter(1, 1, 3, 3), config.kH(1).kW(1).build());
        net.batchNorm("a", large, 3, 1).add(small).add("y", x);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d");
    }

    @Test
    void absorbsSymmetricPad() {
        Net net = new Net(11);
        SDVariable x = net.input("x", 2, 3, 8, 7);
        int[][] amounts = {{0, 0}, {0, 0}, {1, 1}, {2, 2}};
        SDVariable padded = net.sd.nn.pad(x, net.sd.constant(Nd4j.createFromArray(amounts)), 0);
        net.sd.cnn.conv2d(
                "y", padded, net.parameter(3, 3, 3, 4), Net.conv(3, 3).pH(1).build());

        assertThat(net.deploy("y").ops()).containsExactly("conv2d");
    }

    @Test
    void leavesPadWithOtherNumbers() {
        Net net = new Net(12);
        SDVariable x = net.input("x", 2, 3, 8, 7);
        int[][] amounts = {{0, 0}, {0, 0}, {1, 1}, {0, 1}};
        SDVariable padded = net.sd.nn.pad(x, net.sd.constant(Nd4j.createFromArray(amounts)), 0.5);
        SDVariable conv = net.sd.cnn.conv2d(
                padded, net.parameter(3, 3, 3, 4), Net.conv(3, 3).build());
        net.batchNorm("y", conv, 4, 1);

        assertThat(net.deploy("y").ops()).containsExactly("pad", "conv2d");
    }

    @Test
    void mergesConv1dBranches() {
        Net net = new Net(13);
        SDVariable x = net.input("x", 2, 4, 11);
        Conv1DConfig.Conv1DConfigBuilder config = Conv1DConfig.builder()
                .k(3)
                .s(1)
                .p(1)
                .d(1)
                .paddingMode(PaddingMode.VALID)
                .dataFormat("NCW");
        SDVariable large = net.sd.cnn.conv1d(x, net.parameter(3, 4, 4), config.build());
        SDVariable small =
                net.sd.cnn.conv1d(x, net.parameter(1, 4, 4), config.k(1).p(0).build());
        net.batchNorm("a", large, 4, 1).add(net.batchNorm("b", small, 4, 1)).add("y", x);

        assertThat(net.deploy("y").ops()).containsExactly("conv1d");
    }

    @Test
    void mergesConv3dBranches() {
        Net net = new Net(14);
        SDVariable x = net.input("x", 2, 3, 5, 6, 4);
        Conv3DConfig.Conv3DConfigBuilder config = Conv3DConfig.builder()
                .kD(3)
                .kH(1)
                .kW(3)
                .pD(1)
                .pH(0)
                .pW(1)
                .paddingMode(PaddingMode.VALID)
                .dataFormat("NCDHW");
        SDVariable large = net.sd.cnn.conv3d(x, net.parameter(3, 1, 3, 3, 3), config.build());
        SDVariable small = net.sd.cnn.conv3d(
                x, net.parameter(1, 1, 1, 3, 3), config.kD(1).kW(1).pD(0).pW(0).build());
        net.batchNorm("a", large, 3, 1).add(net.batchNorm("b", small, 3, 1)).add("y", x);

        assertThat(net.deploy("y").ops()).containsExactly("conv3dnew");
    }

    @Test
    void writesWhatIsLeftOfASum() {
        Net net = new Net(15);
        SDVariable x = net.input("x", 2, 4, 5, 6);
        SDVariable other = net.input("other", 2, 4, 5, 6);
        SDVariable third = net.input("third", 2, 4, 5, 6);
        net.sd.math.add(
                "y",
                net.sd.math.mergeAdd(net.convBn("a", x, 4, 4, 3, 1), other, third),
                net.convBn("b", x, 4, 4, 1, 1));

        assertThat(net.deploy("y").ops()).containsExactly("conv2d", "add", "add");
    }
}
