package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.gradientcheck.GradientCheckUtil.MLNConfig;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

    @ParameterizedTest
    @MethodSource("org.rep4j.layers.TestBlocks#all")
    void gradientsAreSlopes(RepBlock.Builder<?> block) {
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (int batch : new int[] {1, 4}) {
                MultiLayerNetwork net = TestNets.net(
                        new NeuralNetConfiguration.Builder().updater(new NoOp()).l2(0.01),
                        DataType.DOUBLE,
                        format,
                        IMAGE,
                        new RepVggBlock.Builder()
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        block.activation(Activation.SOFTPLUS).build());
                assertThat(GradientCheckUtil.checkGradients(new MLNConfig()
                                .net(net)
                                .input(TestNets.images(DataType.DOUBLE, format, batch, IMAGE))
                                .labels(TestNets.labels(DataType.DOUBLE, batch))
                                .excludeParams(unchecked(net))
                                .subset(true)
                                .maxPerParam(16)))
                        .as("%s, batch %d", format, batch)
                        .isTrue();
            }
        }
    }

    /** What has no gradient, and of the first block all but one kernel, whose gradient tells that of the second block's input. */
    private static Set<String> unchecked(MultiLayerNetwork net) {
        Set<String> names = TestNets.statistics(net);
        net.getLayer(0).paramTable().keySet().stream()
                .map(name -> "0_" + name)
                .filter(name -> !name.equals("0_denseW"))
                .forEach(names::add);
        return names;
    }
}
