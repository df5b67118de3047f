package org.rep4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.ConvSpec.conv;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Value;
import org.rep4j.testing.GraphFixtures;

/** The pass looks at each node a few times, however large and however shaped the graph is. */
class EngineLinearityTest {
    /** A family of graphs by size. */
    @SuppressWarnings("ImmutableEnumChecker") // the lambdas hold no state
    private enum Family {
        CONV_BATCH_NORM_CHAIN(2_000, 20_000, (g, n) -> {
            Value y = g.input("x", 1, 2, 3, 3);
            for (int i = 0; i < n / 2; i++) {
                y = g.batchNorm("bn" + i, g.conv("conv" + i, y, conv(2, 1, 1)));
            }
            g.output(y);
        }),
        CONV_BATCH_NORM_ACTIVATION_CHAIN(2_000, 20_000, (g, n) -> {
            Value y = g.input("x", 1, 2, 3, 3);
            for (int i = 0; i < n / 3; i++) {
                y = g.relu("act" + i, g.batchNorm("bn" + i, g.conv("conv" + i, y, conv(2, 1, 1))));
            }
            g.output(y);
        }),
        SCALES_AFTER_ONE_CONV(2_000, 20_000, (g, n) -> {
            Value y = g.conv("conv", g.input("x", 1, 2, 3, 3), conv(2, 1, 1));
            for (int i = 0; i < n; i++) {
                y = i % 2 == 0 ? g.scale("mul" + i, y, 2, 1, 1) : g.shift("add" + i, y, 2, 1, 1);
            }
            g.output(y);
        }),
        IDENTITIES(2_000, 20_000, (g, n) -> {
            Value y = g.input("x", 1, 2);
            for (int i = 0; i < n; i++) {
                y = g.identity("drop" + i, y);
            }
            g.output(g.relu("a", y), g.relu("b", y));
        }),
        MANY_CONSUMERS(200, 2_000, (g, n) -> {
            Value hub = g.identity("drop", g.batchNorm("bn", g.conv("conv", g.input("x", 1, 2, 3, 3), conv(2, 1, 1))));
            for (int i = 0; i < n; i++) {
                g.output(g.batchNorm("bn" + i, g.conv("conv" + i, hub, conv(2, 1, 1))));
            }
        }),
        MANY_CONSUMERS_THAT_DECLINE(200, 2_000, (g, n) -> {
            Value hub = g.conv("conv", g.input("x", 1, 2, 3, 3), conv(2, 1, 1));
            for (int i = 0; i < n; i++) {
                g.output(g.batchNorm("bn" + i, hub));
            }
        }),
        MANY_READERS_OF_A_BATCH_NORM(200, 2_000, (g, n) -> {
            Value bn = g.batchNorm("bn", g.identity("drop", g.input("x", 1, 2, 3, 3)));
            for (int i = 0; i < n; i++) {
                g.output(g.batchNorm("bn" + i, g.conv("conv" + i, bn, conv(2, 1, 1))));
            }
        }),
        MANY_READERS_OF_A_BATCH_NORM_THAT_STAYS(200, 2_000, (g, n) -> {
            Value bn = g.batchNorm("bn", g.input("x", 1, 2, 3, 3));
            for (int i = 0; i < n; i++) {
                g.output(g.batchNorm("bn" + i, g.conv("conv" + i, bn, conv(2, 1, 1))));
            }
            g.output(g.relu("last", bn));
        }),
        AFFINE_CHAIN(2_000, 20_000, (g, n) -> {
            Value y = g.input("x", 1, 2, 3, 3);
            for (int i = 0; i < n; i++) {
                y = i % 2 == 0 ? g.scale("mul" + i, y, g.constant(2, 1, 1)) : g.shift("add" + i, y, 2, 1, 1);
            }
            g.output(g.relu("act", y));
        }),
        CONCATENATED_CONVOLUTIONS(200, 2_000, (g, n) -> {
            Value x = g.input("x", 1, 2, 3, 3);
            Value[] parts = new Value[n];
            for (int i = 0; i < n; i++) {
                parts[i] = g.batchNorm("bn" + i, g.conv("conv" + i, x, conv(2, 1, 1)));
            }
            g.output(g.batchNorm("bn", g.concat("y", parts)));
        }),
        BATCH_NORMS_OVER_NESTED_SUMS(20, 200, (g, n) -> {
            Value y = g.conv("conv", g.input("x", 1, 2, 3, 3), conv(2, 1, 1));
            for (int i = 0; i < n; i++) {
                Value other = g.conv("conv" + i, g.input("x" + i, 1, 2, 3, 3), conv(2, 1, 1));
                y = g.batchNorm("bn" + i, g.sum("sum" + i, y, other));
            }
            g.output(y);
        }),
        BRANCHES_OF_ONE_SUM(50, 500, (g, n) -> {
            Value x = g.input("x", 1, 2, 3, 3);
            Value[] branches = new Value[n];
            for (int i = 0; i < n; i++) {
                branches[i] = branch(g, x, i);
            }
            g.output(g.sum("y", branches));
        }),
        BRANCHES_OF_A_CHAIN_OF_SUMS(50, 500, (g, n) -> {
            Value x = g.input("x", 1, 2, 3, 3);
            Value y = branch(g, x, 0);
            for (int i = 1; i < n; i++) {
                y = g.sum("sum" + i, y, branch(g, x, i));
            }
            g.output(y);
        }),
        BRANCHES_OF_A_BALANCED_TREE_OF_SUMS(50, 500, (g, n) -> {
            Value x = g.input("x", 1, 2, 3, 3);
            Deque<Value> open = new ArrayDeque<>();
            for (int i = 0; i < n; i++) {
                open.add(branch(g, x, i));
            }
            while (open.size() > 1) {
                open.add(g.sum("sum" + open.size(), open.remove(), open.remove()));
            }
            g.output(open.remove());
        }),
        CHAIN_OF_SUMS_OF_DIFFERENT_INPUTS(2_000, 20_000, (g, n) -> {
            Value x = g.input("x", 1, 2, 3, 3);
            Value y = x;
            for (int i = 0; i < n / 4; i++) {
                Value branch = g.batchNorm("bn" + i, g.conv("conv" + i, g.relu("act" + i, x), conv(2, 1, 1)));
                y = g.sum("sum" + i, y, branch);
            }
            g.output(y);
        }),
        CHAIN_OF_SUMS(2_000, 20_000, (g, n) -> {
            Value x = g.input("x", 1, 2, 3, 3);
            Value y = g.conv("conv", x, conv(2, 3, 3).padded(1, 1));
            for (int i = 0; i < n; i++) {
                y = g.sum("sum" + i, i % 2 == 0 ? new Value[] {y, x} : new Value[] {x, y});
            }
            g.output(y);
        }),
        SUM_OF_BLOCKS(200, 2_000, (g, n) -> {
            Value x = g.input("x", 1, 2, 3, 3);
            Value y = g.relu("act", x);
            for (int i = 0; i < n / 5; i++) {
                Value block = g.sum("block" + i, branch(g, x, 2 * i), branch(g, x, 2 * i + 1));
                y = g.sum("sum" + i, y, g.batchNorm("norm" + i, block));
            }
            g.output(y);
        }),
        NESTED_BLOCKS(200, 2_000, (g, n) -> {
            Value x = g.input("x", 1, 2, 3, 3);
            Value y = branch(g, x, 0);
            for (int i = 1; i <= n / 4; i++) {
                y = g.batchNorm("norm" + i, g.sum("block" + i, y, branch(g, x, i)));
            }
            g.output(y);
        }),
        NESTED_BLOCKS_OF_THREE_BRANCHES(20 * 6, 200 * 6, (g, n) -> {
            Value x = g.input("x", 1, 2, 3, 3);
            Value y = x;
            for (int i = 0; i < n / 6; i++) {
                y = g.sum("block" + i, branch(g, x, 2 * i), branch(g, x, 2 * i + 1), g.batchNorm("norm" + i, y));
            }
            g.output(y);
        }),
        LONG_BRANCHES_AROUND_BLOCKS(20 * 9, 200 * 9, (g, n) -> {
            Value x = g.input("x", 1, 2, 3, 3);
            Value y = g.relu("act", x);
            for (int i = 0; i < n / 9; i++) {
                Value inner = g.sum("inner" + i, branch(g, x, 2 * i), branch(g, x, 2 * i + 1));
                Value padded = g.pad("pad" + i, g.identity("drop" + i, inner), 0, 0, 0, 1, 1, 0, 0, 1, 1);
                Value branch = g.conv("outer" + i, padded, conv(2, 3, 3).times(1e-3));
                y = g.sum("sum" + i, y, branch);
            }
            g.output(y);
        }),
        PADDED_READERS(200, 2_000, (g, n) -> {
            Value pad = g.pad("pad", g.input("x", 1, 2, 3, 3), 0, 0, 0, 1, 1, 0, 0, 1, 1);
            for (int i = 0; i < n; i++) {
                g.output(g.conv("conv" + i, pad, conv(2, 3, 3)));
            }
        });

        private final int small;
        private final int large;
        private final BiConsumer<GraphFixtures, Integer> builder;

        Family(int small, int large, BiConsumer<GraphFixtures, Integer> builder) {
            this.small = small;
            this.large = large;
            this.builder = builder;
        }

        private ConvGraph graph(int size) {
            return GraphFixtures.graph(1, g -> builder.accept(g, size));
        }
    }

    /** With weights small enough for sums of many. */
    private static Value branch(GraphFixtures g, Value x, int i) {
        return g.batchNorm(
                "bn" + i,
                i % 2 == 0
                        ? g.conv("conv" + i, x, conv(2, 1, 1).times(1e-3))
                        : g.conv("conv" + i, x, conv(2, 3, 3).padded(1, 1).times(1e-3)));
    }

    /** Generous to rules that are still to come: each phase looks at a node a few times, whatever the size of the graph. */
    private static final int LOOKS_PER_NODE = 3 * Phase.values().length;

    /** A rule may see further than the engine looks around an edit; a last look for each edit would not be linear. */
    private static final int LAST_LOOKS = 2;

    private static long examined(ConvGraph graph) {
        AtomicLong examined = new AtomicLong();
        RewriteEngine engine = new RewriteEngine(graph, Rules.ALL, Integer.MAX_VALUE, examined::set);
        engine.run();
        assertThat(engine.lastLooks()).as("last looks").isLessThanOrEqualTo(LAST_LOOKS);
        return examined.get();
    }

    @ParameterizedTest
    @EnumSource
    void tenTimesTheGraphIsTenTimesTheWork(Family family) {
        ConvGraph large = family.graph(family.large);
        long smallCount = examined(family.graph(family.small));
        long largeCount = examined(large);
        assertThat(largeCount).as("nodes examined").isLessThan(11 * smallCount);
        assertThat(largeCount)
                .as("nodes examined of %s", large.nodes().size())
                .isLessThan((long) LOOKS_PER_NODE * large.nodes().size());
    }

    @Test
    void progressIsReportedNodeByNode() {
        ConvGraph graph = Family.CONV_BATCH_NORM_CHAIN.graph(20);
        List<Long> counts = new ArrayList<>();
        RepPass.standard().reportingTo(counts::add).apply(graph);
        for (int i = 0; i < counts.size(); i++) {
            assertThat(counts.get(i)).isEqualTo(i + 1L);
        }
        assertThat(counts).hasSizeGreaterThanOrEqualTo(graph.nodes().size());
    }
}
