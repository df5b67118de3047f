package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.VerificationException;

/**
 * Converts random models of one op, and what comes of it back to a random opset, and compares both with what they were, in ONNX
 * Runtime. To replay a failure, run with {@code -Drep4j.randomGraphs.seed=…}; {@code -Drep4j.randomGraphs.count=…} runs more.
 */
class RandomOpConvertTest {
    private static final List<RandomOp> OPS = Stream.of(
                    RandomElementOps.all(),
                    RandomMovementOps.all(),
                    RandomProductOps.all(),
                    RandomReductionOps.all(),
                    RandomWindowOps.all())
            .flatMap(List::stream)
            .toList();

    /** So many models of an op are enough to say that too few of them can be compared. */
    private static final int ENOUGH = 8;

    /** What need not be supported: ranks and sizes that only a run tells, and what the opset has no form for. */
    private static final List<String> UNSUPPORTED = List.of(
            "how many axes it has afterwards is computed",
            "how many axes it indexes is not known",
            "how many axes it slices is computed",
            "how many elements it takes is computed",
            "it looks for one element along several axes",
            "it needs opset 16 or newer",
            "it smooths what it makes smaller (antialias)",
            "it tells where the largest elements are",
            "its axes are computed",
            "its axes are computed, which opset 13 cannot express",
            "its axes are computed, which opset 14 cannot express",
            "its axes are computed, which opset 15 cannot express",
            "its axes are computed, which opset 16 cannot express",
            "its axes are computed, which opset 17 cannot express",
            "its last window depends on the size of its input (ceil_mode)",
            "its pads are computed",
            "its taps lie apart and its weights are computed",
            "the number of its axes is computed",
            "the shape of its weights is not known",
            "the size of its axis is not known",
            "the size of its axis is not known, of which it wants the last of equal elements",
            "which axes it drops depends on what is fed");

    @Test
    void randomOpsKeepTheirFunction() {
        long only = Long.getLong("rep4j.randomGraphs.seed", -1);
        long count = only >= 0 ? 1 : Long.getLong("rep4j.randomGraphs.count", 8L * OPS.size());
        long first = only >= 0 ? only : 0;
        Map<String, Integer> tried = new TreeMap<>();
        Map<String, Integer> refused = new TreeMap<>();
        LongStream.range(first, first + count)
                .forEach(
                        seed -> { // the seed decides the op, too
                            String op = OPS.get((int) (seed % OPS.size())).type();
                            tried.merge(op, 1, Integer::sum);
                            if (!compare(seed)) {
                                refused.merge(op, 1, Integer::sum);
                            }
                        });
        refused.forEach((op, models) -> {
            int all = tried.getOrDefault(op, 0);
            if (all >= ENOUGH) {
                assertThat(models)
                        .as("models of %s, of %d, that were not compared", op, all)
                        .isLessThanOrEqualTo(all / 2);
            }
        });
    }

    /** Compares one model; false if ONNX Runtime refuses it, or it need not be supported. */
    static boolean compare(long seed) {
        RandomOpModel random = RandomOpModel.of(OPS.get((int) (seed % OPS.size())), seed);
        OnnxModel model = random.build();
        Map<String, Tensor> expected;
        try {
            expected = ConvertAssert.runtime(model, random.feeds());
        } catch (VerificationException e) {
            return false;
        }
        try {
            compare(model, random.feeds(), expected, SameDiffToOnnx.OLDEST_OPSET + (int) (seed % 9));
            return true;
        } catch (UnsupportedOpsException e) {
            assertThat(e.ops())
                    .as("-Drep4j.randomGraphs.seed=%d is not supported: %s%n%s", seed, e.getMessage(), random)
                    .allSatisfy(op -> assertThat(op.reason()).isIn(UNSUPPORTED));
            return false;
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "-Drep4j.randomGraphs.seed=" + seed + " fails: " + e.getMessage() + "\n" + random, e);
        }
    }

    private static void compare(OnnxModel model, Map<String, Tensor> feeds, Map<String, Tensor> expected, int opset) {
        List<String> outputs = List.copyOf(expected.keySet());
        SameDiff graph = OnnxToSameDiff.convert(model);
        ConvertAssert.assertSame("in SameDiff", ConvertAssert.sameDiff(graph, outputs, feeds), expected, 1);
        SameDiff loaded = ConvertAssert.reloaded(graph);
        ConvertAssert.assertSame("in SameDiff, loaded", ConvertAssert.sameDiff(loaded, outputs, feeds), expected, 1);
        OnnxModel back = SameDiffToOnnx.convert(graph, outputs, opset);
        Map<String, Tensor> wanted = ConvertAssert.wanted(back, feeds);
        ConvertAssert.assertSame("at opset " + opset, ConvertAssert.runtime(back, wanted), expected, 1);
    }
}
