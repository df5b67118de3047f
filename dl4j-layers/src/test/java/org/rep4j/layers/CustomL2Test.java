package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.gradientcheck.GradientCheckUtil.MLNConfig;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** RepVGG's own weight decay is that of the kernel that two convolutions become together. */
class CustomL2Test {
    private static final long[] IMAGE = {4, 6, 5};
    private static final double COEFFICIENT = 0.3;

    private DataType before = DataType.FLOAT;

    @BeforeEach
    void useDoubles() {
        before = Nd4j.dataType();
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    }

    @AfterEach
    void restore() {
        Nd4j.setDefaultDataTypes(before, before);
    }

    static Stream<Named<RepVggBlock.Builder>> blocks() {
        return Stream.of(
                Named.of("dense", new RepVggBlock.Builder().nOut(3)),
                Named.of("wide", new RepVggBlock.Builder().nOut(4).kernelSize(5, 3)),
                Named.of("groups", new RepVggBlock.Builder().nOut(6).groups(2)),
                Named.of("depthwise", new RepVggBlock.Builder().nOut(8).groups(4)));
    }

    private static MultiLayerNetwork net(RepVggBlock.Builder block) {
        return TestNets.net(
                new NeuralNetConfiguration.Builder().updater(new NoOp()).l2(0.1),
                DataType.DOUBLE,
                CNN2DFormat.NCHW,
                IMAGE,
                block.activation(Activation.SOFTPLUS).build());
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void gradientsAreSlopes(RepVggBlock.Builder block) {
        MultiLayerNetwork net = net(block.customL2(COEFFICIENT));
        Set<String> unchecked = TestNets.statistics(net);
        unchecked.add("0_denseGamma"); // its factors are taken for constants
        unchecked.add("0_pointwiseGamma");
        assertThat(GradientCheckUtil.checkGradients(new MLNConfig()
                        .net(net)
                        .input(TestNets.images(DataType.DOUBLE, CNN2DFormat.NCHW, 3, IMAGE))
                        .labels(TestNets.labels(DataType.DOUBLE, 3))
                        .excludeParams(unchecked)))
                .isTrue();
    }

    @Test
    void penaltyIsTheAuthors() {
        Layer with =
                net(new RepVggBlock.Builder().nOut(3).customL2(COEFFICIENT)).getLayer(0);
        double eps = 1e-5;
        double sum = 0;
        for (int out = 0; out < 3; out++) {
            double dense = factor(with, "dense", out, eps);
            double pointwise = factor(with, "pointwise", out, eps);
            for (int in = 0; in < 4; in++) {
                for (int tap = 0; tap < 9; tap++) {
                    double weight = weight(with, "dense", tap / 3, tap % 3, in, out);
                    double both = weight * dense + weight(with, "pointwise", 0, 0, in, out) * pointwise;
                    boolean isMiddle = tap == 4;
                    sum += isMiddle ? both * both / (dense * dense + pointwise * pointwise) : weight * weight;
                }
            }
        }
        assertThat(with.calcRegularizationScore(true)).isCloseTo(COEFFICIENT / 2 * sum, offset(1e-12));
    }

    private static double factor(Layer layer, String branch, int channel, double eps) {
        return layer.getParam(branch + "Gamma").getDouble(channel)
                / Math.sqrt(layer.getParam(branch + "Var").getDouble(channel) + eps);
    }

    private static double weight(Layer layer, String branch, int... place) {
        INDArray kernel = Objects.requireNonNull(layer.getParam(branch + "W"));
        return kernel.getDouble(place[0], place[1], place[2], place[3]);
    }

    @Test
    void usualDecayIsForTheOtherKernels() {
        RepVggBlock block = (RepVggBlock)
                net(new RepVggBlock.Builder().nOut(4).squeezeExcitation(2).customL2(COEFFICIENT))
                        .getLayer(0)
                        .conf()
                        .getLayer();
        assertThat(block.getRegularizationByParam("denseW")).isNull();
        assertThat(block.getRegularizationByParam("pointwiseW")).isNull();
        assertThat(block.getRegularizationByParam("seUpW")).hasSize(1);
    }

    @Test
    void branchesThatHaveVanishedAreNoTrouble() {
        MultiLayerNetwork net = net(new RepVggBlock.Builder().nOut(3).customL2(COEFFICIENT));
        net.getLayer(0).getParam("denseGamma").assign(0);
        net.getLayer(0).getParam("pointwiseGamma").assign(0);
        assertThat(net.getLayer(0).calcRegularizationScore(true)).isPositive().isFinite();
    }
}
