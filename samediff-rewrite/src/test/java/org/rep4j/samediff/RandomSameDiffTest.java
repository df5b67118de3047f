package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.LiftedGraph;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;

/**
 * Lifts random SameDiff graphs, writes them anew and deploys them, and compares what they compute. To replay a failure, run with
 * {@code -Drep4j.randomGraphs.seed=…}; {@code -Drep4j.randomGraphs.count=…} runs more.
 */
class RandomSameDiffTest {
    private static final long FIRST_SEED = 2_000_000;

    @Test
    void randomGraphsKeepTheirFunction() {
        long only = Long.getLong("rep4j.randomGraphs.seed", -1);
        long count = only >= 0 ? 1 : Long.getLong("rep4j.randomGraphs.count", 200);
        long first = only >= 0 ? only : FIRST_SEED;
        long rewrites = LongStream.range(first, first + count)
                .map(RandomSameDiffTest::check)
                .sum();
        assertThat(rewrites).as("rewrites in all graphs together").isGreaterThan(count);
    }

    private static long check(long seed) {
        DataType type = seed % 4 == 3 ? DataType.FLOAT : DataType.DOUBLE;
        RandomNets.Generated generated = RandomNets.net(seed, type, 3 + (int) (seed % 9));
        try {
            return check(generated.net(), generated.outputs().toArray(String[]::new));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Drep4j.randomGraphs.seed=" + seed + " fails: " + e.getMessage(), e);
        }
    }

    private static long check(Net net, String... outputs) {
        Map<String, INDArray> expected = net.sd.output(net.inputs(), outputs);
        assertClose("written anew", expected, rewritten(net.sd, outputs).output(net.inputs(), outputs));
        RepResult<SameDiff> deployed = RepPass.standard().apply(net.sd, outputs);
        assertClose("deployed", expected, deployed.graph().output(net.inputs(), outputs));
        assertThat(RepPass.standard().apply(deployed.graph(), outputs).report().rewrites())
                .as("second pass")
                .isEmpty();
        return deployed.report().rewrites().size();
    }

    /** The graph with every node that the algebra knows written as if a rule had made it. */
    private static SameDiff rewritten(SameDiff graph, String... outputs) {
        LiftedGraph<SameDiff> lifted = new SameDiffAdapter(List.of(outputs)).lift(graph);
        return lifted.lower(Stripped.of(lifted.graph()));
    }

    /** Compares relative to the largest element, or to 1 where all are smaller. */
    private static void assertClose(String what, Map<String, INDArray> expected, Map<String, INDArray> actual) {
        expected.forEach((name, array) -> {
            INDArray other = Objects.requireNonNull(actual.get(name));
            assertThat(other.shape()).as("shape of %s, %s", name, what).isEqualTo(array.shape());
            assertThat(other.dataType()).isEqualTo(array.dataType());
            INDArray exact = array.castTo(DataType.DOUBLE);
            double largest = Math.max(1, exact.amaxNumber().doubleValue());
            double difference =
                    exact.sub(other.castTo(DataType.DOUBLE)).amaxNumber().doubleValue();
            assertThat(difference / largest)
                    .as("relative difference of %s, %s", name, what)
                    .isLessThanOrEqualTo(array.dataType() == DataType.DOUBLE ? 1e-10 : 1e-5);
        });
    }
}
