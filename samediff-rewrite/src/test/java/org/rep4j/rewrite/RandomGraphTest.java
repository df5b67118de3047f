package org.rep4j.rewrite;

import java.util.stream.LongStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.ConvGraph;
import org.rep4j.testing.RuleAssert;

/**
 * Deploys random graphs and compares them with what they were. To replay a failure, run with
 * {@code -Drep4j.randomGraphs.seed=…}; {@code -Drep4j.randomGraphs.count=…} runs more.
 */
class RandomGraphTest {
    private static final long FIRST_SEED = 1_000_000;
    private static final double TOLERANCE = 1e-10;

    @Test
    void randomGraphsKeepTheirFunction() {
        long only = Long.getLong("rep4j.randomGraphs.seed", -1);
        long count = only >= 0 ? 1 : Long.getLong("rep4j.randomGraphs.count", 400);
        long first = only >= 0 ? only : FIRST_SEED;
        long rewrites = LongStream.range(first, first + count)
                .map(RandomGraphTest::deploy)
                .sum();
        Assertions.assertThat(rewrites).as("rewrites in all graphs together").isGreaterThan(5 * count);
    }

    private static long deploy(long seed) {
        ConvGraph graph = RandomGraphs.graph(seed, 4 + (int) (seed % 30));
        try {
            RewriteEngine engine = new RewriteEngine(graph, Rules.ALL, Integer.MAX_VALUE, n -> {});
            engine.run();
            Assertions.assertThat(engine.lastLooks())
                    .as("the worklists missed nothing")
                    .isEqualTo(1);
            return RuleAssert.checkedRun(RepPass.standard(), graph, TOLERANCE)
                    .report()
                    .rewrites()
                    .size();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Drep4j.randomGraphs.seed=" + seed + " fails: " + e.getMessage(), e);
        }
    }
}
