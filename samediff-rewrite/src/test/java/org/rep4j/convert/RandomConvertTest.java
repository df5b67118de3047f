package org.rep4j.convert;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.RandomOnnxGraphs;
import org.rep4j.testing.OnnxRuntime;
import org.rep4j.testing.Tensor;

/**
 * Converts random models, and what comes of it back to a random opset, and compares both with what they were, in ONNX Runtime. To
 * replay a failure, run with {@code -Drep4j.randomGraphs.seed=…}; {@code -Drep4j.randomGraphs.count=…} runs more.
 */
class RandomConvertTest {
    private static final long FIRST_SEED = 3_000_000;

    @TempDir
    private Path folder;

    @Test
    void randomModelsKeepTheirFunction() {
        long only = Long.getLong("rep4j.randomGraphs.seed", -1);
        long count = only >= 0 ? 1 : Long.getLong("rep4j.randomGraphs.count", 200);
        long first = only >= 0 ? only : FIRST_SEED;
        LongStream.range(first, first + count).forEach(this::convert);
    }

    private void convert(long seed) {
        Path original = RandomOnnxGraphs.model(seed, 3 + (int) (seed % 20)).save(folder.resolve("original.onnx"));
        Path back = folder.resolve("back.onnx");
        int opset =
                SameDiffToOnnx.OLDEST_OPSET + (int) (seed % (OnnxModel.NEWEST_OPSET - SameDiffToOnnx.OLDEST_OPSET + 1));
        try {
            OnnxModel model = OnnxModel.load(original);
            List<String> outputs = NetsRun.outputs(model);
            Map<String, Tensor> feeds = Map.of("x", RandomOnnxGraphs.input(seed));
            Map<String, Tensor> expected = OnnxRuntime.runAll(original, feeds);

            SameDiff converted = OnnxToSameDiff.convert(model);
            Map<String, Tensor> actual = NetsRun.run(converted, feeds, outputs);
            assertSame(actual, expected, "SameDiff");
            NetsRun.assertEqual(
                    NetsRun.run(NetsRun.reloaded(converted, folder), feeds, outputs), actual, "SameDiff, loaded");

            SameDiffToOnnx.convert(converted, outputs, opset).save(back);
            assertSame(OnnxRuntime.runAll(back, feeds), expected, "ONNX, opset " + opset);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Drep4j.randomGraphs.seed=" + seed + " fails: " + e.getMessage(), e);
        }
    }

    private static void assertSame(Map<String, Tensor> actual, Map<String, Tensor> expected, String what) {
        double largest = 1; // what cancels out is small only beside what it was made of
        for (Tensor tensor : expected.values()) {
            largest = Math.max(largest, tensor.largest());
        }
        NetsRun.assertClose(actual, expected, largest, what);
    }
}
