package org.rep4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RepPass;

/** The models that are measured are the papers' nets, and what the pass makes of them computes the same. */
class BenchmarkModelTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "REPVGG_A0, 9108968, 8309384, 22",
        "REPVGG_B3, 123085288, 110960872, 28",
        "MOBILEONE_S0, 5293272, 2078504, 43"
    })
    void hasThePublishedSizes(BenchmarkModel model, long trainParameters, long deployParameters, long convolutions)
            throws IOException {
        Path train = folder.resolve("train.onnx");
        Path deploy = deploy(model, train);

        assertThat(Parameters.trainable(train)).as("train form").isEqualTo(trainParameters);
        assertThat(Parameters.trainable(deploy)).as("deploy form").isEqualTo(deployParameters);
        assertThat(OnnxModel.load(deploy).operators())
                .isEqualTo(Map.of(
                        "Conv",
                        convolutions,
                        "Relu",
                        convolutions,
                        "GlobalAveragePool",
                        1L,
                        "Flatten",
                        1L,
                        "Gemm",
                        1L));
    }

    @ParameterizedTest
    @EnumSource(names = {"REPVGG_A0", "MOBILEONE_S0", "RESNET18", "CHAIN_200"})
    void computesTheSameDeployed(BenchmarkModel model) throws OrtException {
        Path train = folder.resolve("train.onnx");
        Path deploy = deploy(model, train);

        float[] expected = run(train);
        float[] actual = run(deploy);

        double largest = largest(expected);
        assertThat(largest).as("largest output").isBetween(1e-2, 1e2);
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
        }
        assertThat(difference / largest).as("relative difference").isCloseTo(0, within(1e-4));
    }

    /** 11,689,512 parameters, as published; each of the 4,800 scales goes into a convolution, each shift becomes its bias. */
    @Test
    void resNet18HasThePublishedSize() throws IOException {
        Path train = folder.resolve("train.onnx");
        Path deploy = deploy(BenchmarkModel.RESNET18, train);

        assertThat(Parameters.trainable(train)).isEqualTo(11_689_512);
        assertThat(Parameters.trainable(deploy)).isEqualTo(11_689_512 - 4_800);
        assertThat(OnnxModel.load(deploy).operators())
                .containsEntry("Conv", 20L)
                .doesNotContainKey("BatchNormalization");
    }

    @Test
    void chainsHaveTheirNumberOfOps() {
        Path chain = folder.resolve("chain.onnx");
        BenchmarkModel.CHAIN_200.write(chain);

        assertThat(OnnxModel.load(chain).operators())
                .isEqualTo(Map.of("Conv", 80L, "BatchNormalization", 80L, "Relu", 40L));
    }

    /** Times depend on the machine and its caches; what the pass looks at does not. */
    @Test
    void workPerOpDoesNotGrow() {
        assertThat(examinedNodes(BenchmarkModel.CHAIN_2000))
                .isLessThanOrEqualTo(11 * examinedNodes(BenchmarkModel.CHAIN_200));
    }

    private long examinedNodes(BenchmarkModel model) {
        Path file = folder.resolve(model + ".onnx");
        model.write(file);
        AtomicLong examined = new AtomicLong();
        RepPass.standard().reportingTo(examined::set).apply(OnnxModel.load(file));
        return examined.get();
    }

    private Path deploy(BenchmarkModel model, Path train) {
        Path deploy = folder.resolve("deploy.onnx");
        model.write(train);
        RepPass.standard().apply(OnnxModel.load(train)).graph().save(deploy);
        return deploy;
    }

    private static float[] run(Path file) throws OrtException {
        try (OrtSession session = Sessions.open(file, OptLevel.NO_OPT);
                OnnxTensor input = Sessions.image(session);
                OrtSession.Result result = session.run(Map.of("input", input))) {
            FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return values;
        }
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
