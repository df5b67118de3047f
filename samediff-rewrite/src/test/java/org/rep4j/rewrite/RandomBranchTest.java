package org.rep4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.testing.RuleAssert;

/**
 * What every pass promises, on random graphs: of the standard pass, of any subset of its rules, and where costs are allowed. To
 * replay a failure, run the test with {@code -Drep4j.randomGraphs.seed=…}; {@code -Drep4j.randomGraphs.count=…} runs more.
 */
class RandomBranchTest {
    private static final long FIRST_SEED = 5_000_000;
    private static final double TOLERANCE = 1e-10;

    @Test
    void sumsOfChainsKeepTheirFunctionAndCostNoMore() {
        deployEach(RandomBranchTest::ofChains, seed -> RepPass.standard(), true);
    }

    @Test
    void blocksCostNoMore() {
        deployEach(RandomBranchTest::ofBlocks, seed -> RepPass.standard(), true);
    }

    @Test
    void anySubsetOfTheRulesKeepsTheFunction() {
        deployEach(RandomBranchTest::ofChains, RandomBranchTest::subset, false);
        deployEach(RandomBranchTest::ofBlocks, RandomBranchTest::subset, false);
    }

    @Test
    void rulesThatMayRaiseTheCostKeepTheFunction() {
        deployEach(RandomBranchTest::ofChains, seed -> RepPass.standard().allowingCost(), false);
        deployEach(RandomBranchTest::ofBlocks, seed -> RepPass.standard().allowingCost(), false);
    }

    private static ConvGraph ofChains(long seed) {
        return RandomBranches.graph(seed, 1 + (int) (seed % 4));
    }

    private static ConvGraph ofBlocks(long seed) {
        return RandomGraphs.graph(seed, 4 + (int) (seed % 20));
    }

    private static RepPass subset(long seed) {
        Random random = new Random(seed);
        List<Rule> rules = new ArrayList<>(Rules.ALL);
        Collections.shuffle(rules, random);
        RepPass pass = RepPass.of(rules.subList(0, 1 + random.nextInt(rules.size())));
        return random.nextInt(3) == 0 ? pass.allowingCost() : pass;
    }

    private static void deployEach(LongFunction<ConvGraph> graphs, LongFunction<RepPass> passes, boolean costsNoMore) {
        long only = Long.getLong("rep4j.randomGraphs.seed", -1);
        long count = only >= 0 ? 1 : Long.getLong("rep4j.randomGraphs.count", 200);
        long first = only >= 0 ? only : FIRST_SEED;
        long rewrites = LongStream.range(first, first + count)
                .map(seed -> deploy(seed, graphs.apply(seed), passes.apply(seed), costsNoMore))
                .sum();
        assertThat(rewrites).as("rewrites in all graphs together").isGreaterThanOrEqualTo(count);
    }

    private static long deploy(long seed, ConvGraph graph, RepPass pass, boolean costsNoMore) {
        try {
            RepResult<ConvGraph> result = RuleAssert.checkedRun(pass, graph, TOLERANCE);
            if (costsNoMore) {
                String story = "\nbefore\n" + graph + "\nafter\n" + result.after();
                assertThat(weights(result.after())).as("weights" + story).isLessThanOrEqualTo(weights(graph));
                assertThat(multiplyAdds(result.after()))
                        .as("multiply-adds" + story)
                        .isLessThanOrEqualTo(multiplyAdds(graph));
            }
            return result.report().rewrites().size();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Drep4j.randomGraphs.seed=" + seed + " fails: " + e.getMessage(), e);
        }
    }

    /** Of all kernels, those that ops share counted for each of them. */
    private static long weights(ConvGraph graph) {
        return kernels(graph).stream()
                .mapToLong(op -> op.kernel().shape().weights())
                .sum();
    }

    private static long multiplyAdds(ConvGraph graph) {
        return kernels(graph).stream().mapToLong(RandomBranchTest::multiplyAdds).sum();
    }

    /** None where the size is not known. */
    private static long multiplyAdds(KernelNode op) {
        boolean transposed = op instanceof TransposedConvolution;
        Shape shape = (transposed ? op.input() : op.output()).shape();
        if (!shape.isFullyKnown()) {
            return 0;
        }
        int channels = transposed
                ? op.kernel().shape().inChannels()
                : op.kernel().shape().outChannels();
        return shape.elements() / channels * op.kernel().shape().weights();
    }

    private static List<KernelNode> kernels(ConvGraph graph) {
        List<KernelNode> kernels = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node instanceof KernelNode op) {
                kernels.add(op);
            }
        }
        return kernels;
    }
}
