package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.gradientcheck.GradientCheckUtil.MLNConfig;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** What blocks learn by is the slope of the loss, which differences tell. */
class BlockGradientTest {
    private static final long[] IMAGE = {2, 7, 6};

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

    static Stream<Named<RepConvolution.Builder<?>>> blocks() {
        return Stream.of(
                Named.of("RepVGG with identity", rep().nOut(4)),
                Named.of("RepVGG without identity", rep().nOut(6)),
                Named.of("RepVGG, strides", rep().nOut(4).stride(2, 1)),
                Named.of("RepVGG, groups", rep().nOut(4).groups(2)),
                Named.of("RepVGG, depthwise", rep().nOut(8).groups(4)),
                Named.of("RepVGG, dilated", rep().nOut(4).dilation(2, 1)),
                Named.of("RepVGG, dilated groups", rep().nOut(4).groups(2).dilation(1, 2)),
                Named.of("RepVGG, wide kernel", rep().nOut(4).kernelSize(5, 3)),
                Named.of("RepVGG, no padding", rep().nOut(4).padding(0)),
                Named.of("RepVGG, SAME", rep().nOut(4).stride(2).convolutionMode(ConvolutionMode.Same)),
                Named.of("RepVGG, squeeze and excitation", rep().nOut(4).squeezeExcitation(2)),
                Named.of(
                        "RepVGG, squeeze and excitation behind",
                        rep().nOut(4).squeezeExcitation(2).squeezeExcitationBehindActivation(true)));
    }

    private static RepVggBlock.Builder rep() {
        return new RepVggBlock.Builder();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void gradientsAreSlopes(RepConvolution.Builder<?> block) {
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (int batch : new int[] {1, 4}) {
                MultiLayerNetwork net = TestNets.net(
                        new NeuralNetConfiguration.Builder().updater(new NoOp()).l2(0.01),
                        DataType.DOUBLE,
                        format,
                        IMAGE,
                        rep().nOut(4).activation(Activation.TANH).build(),
                        block.activation(Activation.SOFTPLUS).build());
                assertThat(GradientCheckUtil.checkGradients(new MLNConfig()
                                .net(net)
                                .input(TestNets.images(DataType.DOUBLE, format, batch, IMAGE))
                                .labels(TestNets.labels(DataType.DOUBLE, batch))
                                .excludeParams(TestNets.statistics(net))
                                .subset(true)
                                .maxPerParam(24)))
                        .as("%s, batch %d", format, batch)
                        .isTrue();
            }
        }
    }
}
