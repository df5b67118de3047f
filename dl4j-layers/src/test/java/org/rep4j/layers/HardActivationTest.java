package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.layers.activation.ActivationHSigmoid;
import org.rep4j.layers.activation.ActivationHSwish;

/** MobileNetV3's activations are what the paper says, and so are their slopes. */
class HardActivationTest {
    private static final double[] POINTS = {-7, -3.001, -2.9, -1.5, -0.2, 0, 0.7, 2.99, 3.2, 11};
    private static final double STEP = 1e-6;

    static Stream<Arguments> activations() {
        DoubleUnaryOperator gate = x -> x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6;
        return Stream.of(
                Arguments.of(new ActivationHSigmoid(), gate),
                Arguments.of(new ActivationHSwish(), (DoubleUnaryOperator) x -> x * gate.applyAsDouble(x)));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void valuesAndSlopesAreThePapers(IActivation activation, DoubleUnaryOperator expected) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray x = Nd4j.createFromArray(POINTS).castTo(type).reshape(1, POINTS.length);
            INDArray epsilon = Nd4j.linspace(type, -1, 0.3, POINTS.length).reshape(1, POINTS.length);
            INDArray values = activation.getActivation(x.dup(), true);
            INDArray slopes = activation.backprop(x.dup(), epsilon.dup()).getFirst();
            double tolerance = type == DataType.DOUBLE ? 1e-8 : 1e-5;
            for (int i = 0; i < POINTS.length; i++) {
                double slope = (expected.applyAsDouble(POINTS[i] + STEP) - expected.applyAsDouble(POINTS[i] - STEP))
                        / (2 * STEP);
                assertThat(values.getDouble(i)).isCloseTo(expected.applyAsDouble(POINTS[i]), offset(tolerance));
                assertThat(slopes.getDouble(i)).isCloseTo(slope * epsilon.getDouble(i), offset(tolerance));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("activations")
    void filesKeepThem(IActivation activation, DoubleUnaryOperator ignored) {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .list()
                .layer(new ActivationLayer(activation))
                .build();
        assertThat(MultiLayerConfiguration.fromJson(configuration.toJson())).isEqualTo(configuration);
        assertThat(MultiLayerConfiguration.fromYaml(configuration.toYaml())).isEqualTo(configuration);
    }
}
