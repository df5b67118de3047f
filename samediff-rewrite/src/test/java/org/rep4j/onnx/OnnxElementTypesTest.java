package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.shade.protobuf.ByteString;
import org.rep4j.graph.ElementBytes;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.HalfPrecision;
import org.rep4j.rewrite.RepPass;
import org.rep4j.testing.OnnxBuilder;

/** Kernels of every floating-point format, as raw data and in typed fields. */
class OnnxElementTypesTest {
    private static final int OUT = 3;
    private static final int IN = 2;

    @TempDir
    private Path folder;

    private static TensorProto tensor(String name, ElementType type, boolean raw, double[] values, long... dims) {
        TensorProto.Builder tensor = OnnxBuilder.header(name, DataType.forNumber(TensorCodec.dataType(type)), dims);
        if (raw) {
            ElementBytes elements = ElementBytes.allocate(type, values.length);
            elements.put(0, values);
            return tensor.setRawData(ByteString.copyFrom(elements.bytes())).build();
        }
        for (double value : values) {
            switch (type) {
                case FLOAT32 -> tensor.addFloatData((float) value);
                case FLOAT64 -> tensor.addDoubleData(value);
                case FLOAT16 -> tensor.addInt32Data(HalfPrecision.doubleToHalf(value) & 0xffff);
                default -> tensor.addInt32Data(HalfPrecision.doubleToBfloat(value) & 0xffff);
            }
        }
        return tensor.build();
    }

    /** Numbers that each format holds exactly. */
    private static double[] exact(Random random, int count) {
        return random.doubles(count).map(v -> Math.rint(v * 64 - 32) / 16).toArray();
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT16, true", "FLOAT16, false", "BFLOAT16, true", "BFLOAT16, false",
        "FLOAT32, true", "FLOAT32, false", "FLOAT64, true", "FLOAT64, false"
    })
    void foldsInDoubleAndRoundsOnce(ElementType type, boolean raw) {
        Random random = new Random(4);
        double[] w = exact(random, OUT * IN * 9);
        double[] gamma = exact(random, OUT);
        double[] beta = exact(random, OUT);
        double[] mean = exact(random, OUT);
        double[] variance = {0.5, 1.25, 2};
        Path file = new OnnxBuilder(1)
                .opset(15)
                .withGraph(g ->
                        g.addInput(OnnxBuilder.info("x", DataType.forNumber(TensorCodec.dataType(type)), 1, IN, 4, 4)))
                .initializer(tensor("w", type, raw, w, OUT, IN, 3, 3))
                .initializer(tensor("gamma", type, raw, gamma, OUT))
                .initializer(tensor("beta", type, raw, beta, OUT))
                .initializer(tensor("mean", type, raw, mean, OUT))
                .initializer(tensor("variance", type, raw, variance, OUT))
                .node("Conv", "conv", List.of("x", "w"), "c")
                .node(
                        "BatchNormalization",
                        "bn",
                        List.of("c", "gamma", "beta", "mean", "variance"),
                        "y",
                        OnnxBuilder.number("epsilon", 0.25))
                .output("y", DataType.forNumber(TensorCodec.dataType(type)))
                .save(folder.resolve("m.onnx"));
        Path deployed = folder.resolve("d.onnx");
        RepPass.standard().apply(OnnxModel.load(file)).graph().save(deployed);

        OnnxModel model = OnnxModel.load(deployed);
        assertThat(model.operators()).containsOnlyKeys("Conv");
        TensorProto weight = model.proto().getGraph().getInitializer(0);
        TensorProto bias = model.proto().getGraph().getInitializer(1);
        double[] expectedWeights = new double[w.length];
        double[] expectedBias = new double[OUT];
        for (int o = 0; o < OUT; o++) {
            double sigma = Math.sqrt(variance[o] + 0.25);
            for (int i = 0; i < IN * 9; i++) {
                expectedWeights[o * IN * 9 + i] = w[o * IN * 9 + i] * gamma[o] / sigma;
            }
            expectedBias[o] = beta[o] - mean[o] * gamma[o] / sigma;
        }
        assertClose(new StoredTensor(weight, model.files()).read(), expectedWeights, type);
        assertClose(new StoredTensor(bias, model.files()).read(), expectedBias, type);
        assertThat(weight.getDataType()).isEqualTo(TensorCodec.dataType(type));
    }

    private static void assertClose(double[] actual, double[] expected, ElementType type) {
        assertThat(actual).hasSameSizeAs(expected);
        double slack = 4 * Math.ulp(1.0); // the two ways to write γ/σ differ by a rounding in double
        for (int i = 0; i < actual.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i]))
                    .isLessThanOrEqualTo(Math.abs(expected[i]) * (type.unitRoundoff() + slack) + 1e-15);
        }
    }
}
