package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.testing.OnnxRuntime;
import org.rep4j.testing.Tensor;

/**
 * Deploys random models, and writes them anew node by node, and compares both with what they were, in ONNX Runtime. To replay a
 * failure, run with {@code -Drep4j.randomGraphs.seed=…}; {@code -Drep4j.randomGraphs.count=…} runs more.
 */
class RandomOnnxTest {
    private static final long FIRST_SEED = 2_000_000;
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path folder;

    @Test
    void randomModelsKeepTheirFunction() {
        long only = Long.getLong("rep4j.randomGraphs.seed", -1);
        long count = only >= 0 ? 1 : Long.getLong("rep4j.randomGraphs.count", 400);
        long first = only >= 0 ? only : FIRST_SEED;
        long rewrites = LongStream.range(first, first + count).map(this::deploy).sum();
        assertThat(rewrites).as("rewrites in all models together").isGreaterThan(only >= 0 ? -1 : 3 * count);
    }

    private long deploy(long seed) {
        Path original = RandomOnnxGraphs.model(seed, 3 + (int) (seed % 20)).save(folder.resolve("original.onnx"));
        try {
            OnnxModel model = OnnxModel.load(original);
            Map<String, Tensor> feeds = Map.of("x", RandomOnnxGraphs.input(seed));
            Map<String, Tensor> expected = OnnxRuntime.runAll(original, feeds);

            RepResult<OnnxModel> result = RepPass.standard().apply(model);
            assertSame(result.graph(), feeds, expected, result.after().toString());
            RepResult<OnnxModel> second = RepPass.standard().apply(result.graph());
            assertThat(second.report().rewrites())
                    .as("a second pass over%n%s%nof%n%s", result.after(), result.report())
                    .isEmpty();

            assertSame(Reemission.of(model), feeds, expected, "written anew");
            return result.report().rewrites().size();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Drep4j.randomGraphs.seed=" + seed + " fails: " + e.getMessage(), e);
        }
    }

    private void assertSame(
            OnnxModel model, Map<String, Tensor> feeds, Map<String, Tensor> expected, String description) {
        Path file = folder.resolve("changed.onnx");
        model.save(file);
        Map<String, Tensor> actual = OnnxRuntime.runAll(file, feeds);
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        double largest = 1; // what cancels out is small only beside what it was made of
        for (Tensor tensor : expected.values()) {
            largest = Math.max(largest, tensor.largest());
        }
        for (Map.Entry<String, Tensor> output : expected.entrySet()) {
            Tensor tensor = Objects.requireNonNull(actual.get(output.getKey()));
            double difference = 0;
            for (int i = 0; i < tensor.data().length; i++) {
                difference = Math.max(
                        difference,
                        Math.abs(tensor.data()[i] - output.getValue().data()[i]));
            }
            assertThat(tensor.dims())
                    .as(output.getKey())
                    .isEqualTo(output.getValue().dims());
            assertThat(difference)
                    .as("%s of%n%s", output.getKey(), description)
                    .isLessThanOrEqualTo(TOLERANCE * largest);
        }
    }
}
