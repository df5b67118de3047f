package org.rep4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert;

/**
 * Random linear structures whose minimum is known reach it. To replay a failure, run with
 * {@code -Drep4j.randomGraphs.seed=…}; {@code -Drep4j.randomGraphs.count=…} runs more.
 */
class CompletenessTest {
    private static final long FIRST_SEED = 4_000_000;
    private static final double TOLERANCE = 1e-10;

    @Test
    void linearBranchesOfOneInputBecomeOneConvolution() {
        long only = Long.getLong("rep4j.randomGraphs.seed", -1);
        long count = only >= 0 ? 1 : Long.getLong("rep4j.randomGraphs.count", 1000);
        long first = only >= 0 ? only : FIRST_SEED;
        LongStream.range(first, first + count).forEach(CompletenessTest::collapses);
    }

    private static void collapses(long seed) {
        ConvGraph graph = GraphFixtures.graph(seed, LinearStructures.of(seed));
        try {
            RepResult<ConvGraph> result = RuleAssert.checkedRun(RepPass.standard(), graph, TOLERANCE);
            assertThat(result.after().nodes())
                    .as(
                            "from%n%s%nto%n%s%n%s",
                            graph, result.after(), result.report().declined())
                    .singleElement()
                    .isInstanceOf(Convolution.class);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Drep4j.randomGraphs.seed=" + seed + " fails: " + e.getMessage(), e);
        }
    }
}
