package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.LocalResponseNormalizationConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.onnx.OnnxType;

/** Normalizations of ONNX and of SameDiff. */
class NormalizationConvertTest {
    private static OpModel batch(int opset, long... image) {
        return OpModel.of("BatchNormalization", opset)
                .feed(image)
                .weights(3)
                .weights(3)
                .weights(3)
                .positiveWeights(3)
                .set("epsilon", 1e-3);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void batchNormIsOneOp(int rank) {
        SameDiff graph =
                batch(15, Arrays.copyOf(new long[] {2, 3, 4, 5, 6}, rank)).converts();
        assertThat(graph.ops()).extracting(op -> op.opName()).containsExactly("batchnorm");
    }

    @Test
    void batchNormOfOldOperatorSetsAndUnknownSizes() {
        batch(7, 2, 3, 4, 5).converts();
        batch(9, -1, 3, -1, -1).converts();
        OpModel.of("BatchNormalization", 14)
                .type(OnnxType.DOUBLE)
                .feed(2, 3, 4, 5)
                .weights(3)
                .weights(3)
                .weights(3)
                .positiveWeights(3)
                .converts();
    }

    @Test
    void trainingMovesTheStatistics() {
        batch(15, 2, 3, 4, 5)
                .set("training_mode", 1)
                .set("momentum", 0.7)
                .outputs(3)
                .converts();
        batch(14, -1, 3, -1).set("training_mode", 1).outputs(3).converts();
    }

    @Test
    void oldTrainingAndOtherChannelsAreRefused() {
        assertThatThrownBy(() ->
                        OnnxToSameDiff.convert(batch(9, 2, 3, 4, 5).outputs(3).build()))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("statistics");
        assertThatThrownBy(() -> OnnxToSameDiff.convert(batch(15, 2, 4, 4, 5).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (BatchNormalization): its input has 4 channels");
    }

    @Test
    void instances() {
        OpModel.of("InstanceNormalization", 6)
                .feed(2, 3, 4, 5)
                .weights(3)
                .weights(3)
                .converts();
        OpModel.of("InstanceNormalization", 6)
                .feed(-1, 3, -1)
                .weights(3)
                .weights(3)
                .converts();
        OpModel.of("InstanceNormalization", 6)
                .feed(2, 3, 4, 5, 6)
                .feed(3)
                .feed(3)
                .converts();
    }

    @Test
    void layersWithAllOutputs() {
        OpModel.of("LayerNormalization", 17)
                .feed(2, 3, 4, 5)
                .weights(5)
                .weights(5)
                .outputs(3)
                .converts();
        OpModel.of("LayerNormalization", 17)
                .feed(2, 3, 4, 5)
                .weights(3, 4, 5)
                .set("axis", 1)
                .outputs(3)
                .converts();
        OpModel.of("LayerNormalization", 17)
                .feed(-1, -1, 5)
                .feed(5)
                .feed(5)
                .set("epsilon", 0.1)
                .converts();
    }

    @Test
    void groups() {
        OpModel.of("GroupNormalization", 18)
                .feed(2, 6, 4, 5)
                .weights(3)
                .weights(3)
                .set("num_groups", 3)
                .converts();
        OpModel.of("GroupNormalization", 21)
                .feed(2, 6, 4, 5)
                .weights(6)
                .weights(6)
                .set("num_groups", 3)
                .converts();
        OpModel.of("GroupNormalization", 21)
                .feed(-1, 6, -1)
                .weights(6)
                .weights(6)
                .set("num_groups", 2)
                .converts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5})
    void acrossChannels(int size) {
        OpModel.of("LRN", 13)
                .feed(2, 7, 4, 5)
                .set("size", size)
                .set("alpha", 0.3)
                .set("beta", 0.7)
                .set("bias", 2.0)
                .converts();
    }

    @Test
    void lengthsAndMeansWithVariances() {
        for (int p = 1; p < 3; p++) {
            OpModel.of("LpNormalization", 1).feed(3, 4, 5).set("p", p).converts();
            OpModel.of("LpNormalization", 1)
                    .feed(3, 4, 5)
                    .set("p", p)
                    .set("axis", 1)
                    .converts();
        }
        OpModel.of("MeanVarianceNormalization", 13).feed(2, 3, 4, 5).converts();
        OpModel.of("MeanVarianceNormalization", 13)
                .feed(2, 3, 4)
                .list("axes", 0, -1)
                .converts();
    }

    private static SDVariable random(SameDiff graph, String name, long... shape) {
        return graph.constant(name, Nd4j.rand(DataType.FLOAT, shape).addi(0.5));
    }

    @Test
    void normalizationsOfSameDiff() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 2, 3, 4, 5);
        graph.nn().layerNorm("layer", x, random(graph, "gain", 3), random(graph, "bias", 3), true, 1, 2, 3);
        graph.nn().layerNorm("plain", x, random(graph, "gain2", 5), false, 3);
        graph.math().standardize("standard", x, 1, 2);
        LocalResponseNormalizationConfig config = LocalResponseNormalizationConfig.builder()
                .depth(1)
                .bias(2)
                .alpha(0.3)
                .beta(0.7)
                .build();
        graph.cnn().localResponseNormalization("lrn", x, config);
        graph.nn()
                .batchNorm(
                        "last",
                        x,
                        random(graph, "mean", 5),
                        random(graph, "variance", 5),
                        random(graph, "gamma", 5),
                        random(graph, "beta", 5),
                        1e-3,
                        3);
        graph.math().moments(new String[] {"mean_of", "variance_of"}, x, new int[] {1, 3}, true);
        ConvertAssert.assertThatExports(graph, "layer", "plain", "standard", "lrn", "last", "mean_of", "variance_of");
    }

    @Test
    void dividesAMatrixByTheLengthOfRowsOfOneElement() {
        OpModel.of("LpNormalization", 7).feed(3, 1).converts();
        OpModel.of("LpNormalization", 7).feed(1, 3).set("axis", 0).set("p", 1).converts();
    }
}
