package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** Blocks from the literature, as people write them in SameDiff: whatever folds of them, they compute what they did. */
class ReparameterizedBlocksTest {
    private static final int CHANNELS = 4;

    private static SDVariable conv(Net net, SDVariable x, int in, int out, int kH, int kW, int pH, int pW) {
        return net.sd.cnn.conv2d(
                x,
                net.parameter(kH, kW, in, out),
                Net.conv(kH, kW).pH(pH).pW(pW).build());
    }

    private static SDVariable depthwise(Net net, SDVariable x, int kernel) {
        return net.sd.cnn.depthWiseConv2d(
                x,
                net.parameter(kernel, kernel, CHANNELS, 1),
                Net.conv(kernel, kernel).pH(kernel / 2).pW(kernel / 2).build());
    }

    private static SDVariable bn(Net net, SDVariable x) {
        return net.batchNorm(x.name() + "_bn", x, CHANNELS, 1);
    }

    private static SDVariable padded(Net net, SDVariable x, int amount) {
        int[][] amounts = {{0, 0}, {0, 0}, {amount, amount}, {amount, amount}};
        return net.sd.nn.pad(x, net.sd.constant(Nd4j.createFromArray(amounts)), 0);
    }

    /** Ding et al. 2021: 3×3, 1×1, 1×1 → 3×3 and 1×1 → average pool, each with BatchNorms. */
    @Test
    void diverseBranchBlock() {
        Net net = new Net(1);
        SDVariable x = net.input("x", 2, CHANNELS, 7, 6);
        SDVariable plain = bn(net, conv(net, x, CHANNELS, CHANNELS, 3, 3, 1, 1));
        SDVariable point = bn(net, conv(net, x, CHANNELS, CHANNELS, 1, 1, 0, 0));
        // The middles are padded with c, which is subtracted before the padding and added after it. It is not what the
        // BatchNorm makes of zeros, so they are no convolutions of x: the branches that are merge around them.
        SDVariable middle = bn(net, conv(net, x, CHANNELS, CHANNELS, 1, 1, 0, 0));
        SDVariable border = net.parameter(CHANNELS, 1, 1);
        SDVariable deep =
                bn(net, conv(net, padded(net, middle.sub(border), 1).add(border), CHANNELS, CHANNELS, 3, 3, 0, 0));
        SDVariable lowered =
                bn(net, conv(net, x, CHANNELS, CHANNELS, 1, 1, 0, 0)).sub(border);
        SDVariable averaged = bn(
                net,
                net.sd.cnn.avgPooling2d(
                        padded(net, lowered, 1).add(border),
                        Pooling2DConfig.builder().kH(3).kW(3).sH(1).sW(1).build()));
        net.sd.nn.relu("y", plain.add(point).add(deep).add(averaged), 0);

        assertThat(net.deploy("y").ops()).filteredOn("conv2d"::equals).hasSize(4);
    }

    /** Ding et al. 2019, with less padding than half the kernel: the thin branches see a cropped input. */
    @Test
    void asymmetricBlockOfCroppedInput() {
        Net net = new Net(2);
        SDVariable x = net.input("x", 2, CHANNELS, 7, 6);
        SDVariable vertical = net.sd.stridedSlice(x, new long[] {0, 0, 0, 1}, new long[] {2, 4, 7, 5}, 1, 1, 1, 1);
        SDVariable horizontal = net.sd.stridedSlice(x, new long[] {0, 0, 1, 0}, new long[] {2, 4, -1, 6}, 1, 1, 1, 1);
        SDVariable sum = bn(net, conv(net, x, CHANNELS, CHANNELS, 3, 3, 0, 0))
                .add(bn(net, conv(net, vertical, CHANNELS, CHANNELS, 3, 1, 0, 0)))
                .add(bn(net, conv(net, horizontal, CHANNELS, CHANNELS, 1, 3, 0, 0)));
        net.sd.nn.relu("y", sum, 0);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d", "relu");
    }

    /** Ding et al. 2019, with padding enough: one convolution. */
    @Test
    void asymmetricBlock() {
        Net net = new Net(3);
        SDVariable x = net.input("x", 2, CHANNELS, 7, 6);
        SDVariable sum = bn(net, conv(net, x, CHANNELS, CHANNELS, 3, 3, 1, 1))
                .add(bn(net, conv(net, x, CHANNELS, CHANNELS, 3, 1, 1, 0)))
                .add(bn(net, conv(net, x, CHANNELS, CHANNELS, 1, 3, 0, 1)));
        net.sd.nn.relu("y", sum, 0);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d", "relu");
    }

    /** Chu et al. 2022: the BatchNorm stands behind the sum. */
    @Test
    void quantizationAwareRepVgg() {
        Net net = new Net(4);
        SDVariable x = net.input("x", 2, CHANNELS, 7, 6);
        SDVariable sum = bn(net, conv(net, x, CHANNELS, CHANNELS, 3, 3, 1, 1))
                .add(conv(net, x, CHANNELS, CHANNELS, 1, 1, 0, 0))
                .add(x);
        net.sd.nn.relu("y", bn(net, sum), 0);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d", "relu");
    }

    /** Vasu et al. 2023: x + λ · (mixer(x) − norm(x)). */
    @Test
    void repMixer() {
        Net net = new Net(5);
        SDVariable x = net.input("x", 2, CHANNELS, 7, 6);
        SDVariable mixer = bn(net, depthwise(net, x, 3)).add(bn(net, depthwise(net, x, 1)));
        SDVariable difference = mixer.sub(bn(net, x));
        net.sd.nn.relu("y", x.add(net.parameter(CHANNELS, 1, 1).mul(difference)), 0);

        assertThat(net.deploy("y").ops()).containsExactly("depthwise_conv2d", "relu");
    }

    /** Zhang et al. 2021: 3×3, 1×1 → 3×3 and 1×1 → Sobel filters and Laplacian, middles padded with their bias. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void edgeOrientedBlock(boolean horizontal) {
        Net net = new Net(6);
        SDVariable x = net.input("x", 2, CHANNELS, 7, 6);
        SDVariable plain = conv(net, x, CHANNELS, CHANNELS, 3, 3, 1, 1);
        SDVariable bias = net.parameter(CHANNELS, 1, 1);
        SDVariable expanded = conv(net, x, CHANNELS, 2 * CHANNELS, 1, 1, 0, 0);
        SDVariable wide = net.parameter(2 * CHANNELS, 1, 1);
        SDVariable deep = conv(net, padded(net, expanded, 1).add(wide), 2 * CHANNELS, CHANNELS, 3, 3, 0, 0);
        SDVariable middle =
                padded(net, conv(net, x, CHANNELS, CHANNELS, 1, 1, 0, 0), 1).add(bias);
        INDArray sobel = Nd4j.createFromArray(1.0, 0, -1, 2, 0, -2, 1, 0, -1).reshape(3, 3, 1, 1);
        SDVariable filter =
                net.sd.constant(horizontal ? sobel : sobel.permute(1, 0, 2, 3).dup('c'));
        SDVariable edges = net.sd.cnn.depthWiseConv2d(
                middle,
                net.sd.concat(2, filter, filter, filter, filter).mul(net.parameter(1, 1, CHANNELS, 1)),
                net.parameter(CHANNELS),
                Net.conv(3, 3).build());
        net.sd.nn.relu("y", plain.add(deep).add(edges), 0);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d", "relu");
    }

    /** Liu et al. 2022: the residual branch ends in 1×1 and a scale per channel. */
    @Test
    void convNextLayerScale() {
        Net net = new Net(7);
        SDVariable x = net.input("x", 2, CHANNELS, 7, 6);
        SDVariable hidden = net.sd.nn.gelu(conv(net, depthwise(net, x, 3), CHANNELS, 3 * CHANNELS, 1, 1, 0, 0));
        SDVariable out = net.sd.cnn.conv2d(
                hidden,
                net.parameter(1, 1, 3 * CHANNELS, CHANNELS),
                net.parameter(CHANNELS),
                Net.conv(1, 1).build());
        x.add("y", out.mul(net.parameter(CHANNELS, 1, 1)));

        assertThat(net.deploy("y").ops()).doesNotContain("multiply");
    }

    /** Wang et al. 2023: constants added before and multiplied behind a 1×1. */
    @Test
    void implicitKnowledge() {
        Net net = new Net(8);
        SDVariable x = net.input("x", 2, CHANNELS, 7, 6);
        SDVariable head =
                conv(net, net.sd.nn.relu(x, 0).add(net.parameter(1, CHANNELS, 1, 1)), CHANNELS, 6, 1, 1, 0, 0);
        net.parameter(1, 6, 1, 1).mul("y", head);

        assertThat(net.deploy("y").ops()).containsExactly("relu", "conv2d");
    }

    /** In floats, and frozen, as deployed nets are. */
    @Test
    void decomposedInFloats() {
        Net net = new Net(9, DataType.FLOAT).frozen();
        SDVariable x = net.input("x", 2, CHANNELS, 7, 6);
        SDVariable centred = conv(net, x, CHANNELS, CHANNELS, 3, 3, 1, 1).sub(net.parameter(1, CHANNELS, 1, 1));
        SDVariable deviation = net.sd.math.sqrt(
                net.parameter(net.array(0.3, 3, CHANNELS, 1, 1)).add(1e-3));
        SDVariable normalized = centred.div(deviation);
        net.sd.nn.relu("y", net.parameter(CHANNELS, 1, 1).mul(normalized).add(net.parameter(CHANNELS, 1, 1)), 0);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d", "relu");
    }
}
