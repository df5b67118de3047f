package org.rep4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.ConvSpec.conv;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.OpFate.Status;
import org.rep4j.testing.CustomRule;
import org.rep4j.testing.GraphFixtures;

class OpFatesTest {
    private static final long SEED = 5_000_000;
    private static final int GRAPHS = 150;
    private static final List<Rule> SIX_RULES = List.of(
            Rules.ELIMINATE_IDENTITY,
            Rules.ABSORB_PAD,
            Rules.ABSORB_BATCH_NORM,
            Rules.EXPAND_AFFINE,
            Rules.GROW_KERNEL,
            Rules.MERGE_PARALLEL);

    /** With rules that say no more when the catalogue grows. */
    private static Map<String, OpFate> fates(Consumer<GraphFixtures> steps) {
        return RepPass.of(SIX_RULES).apply(GraphFixtures.graph(1, steps)).fates().stream()
                .collect(Collectors.toMap(OpFate::name, f -> f));
    }

    private static OpFate gone(String name, String type, Status status, @Nullable String into, String... rules) {
        return new OpFate(name, type, status, into, List.of(rules), List.of(), null, null);
    }

    private static OpFate of(Map<String, OpFate> fates, String op) {
        return Objects.requireNonNull(fates.get(op), op);
    }

    private static String reason(Map<String, OpFate> fates, String op) {
        OpFate fate = of(fates, op);
        assertThat(fate.status()).as("%s", fate).isEqualTo(Status.KEPT);
        return String.valueOf(fate.reason());
    }

    @Test
    void chainsAreFollowedToTheOpThatStands() {
        Map<String, OpFate> fates = fates(g -> {
            Value x = g.input("x", 2, 4, 9, 7);
            Value dense = g.batchNorm("bn3", g.conv("conv3", x, conv(4, 3, 3).padded(1, 1)));
            Value point = g.batchNorm("bn1", g.conv("conv1", x, conv(4, 1, 1)));
            g.output(g.relu("act", g.sum("sum", dense, g.identity("drop", point), g.batchNorm("skip", x))));
        });
        assertThat(fates)
                .containsEntry(
                        "bn1",
                        gone(
                                "bn1",
                                "BatchNormalization",
                                Status.FOLDED,
                                "conv3",
                                "AbsorbBatchNormIntoConvolution",
                                "GrowKernelToSibling",
                                "MergeParallelConvolutions"))
                .containsEntry(
                        "conv1",
                        gone(
                                "conv1",
                                "Conv",
                                Status.FOLDED,
                                "conv3",
                                "GrowKernelToSibling",
                                "MergeParallelConvolutions"))
                .containsEntry("sum", gone("sum", "Add", Status.FOLDED, "conv3", "MergeParallelConvolutions"))
                .containsEntry("drop", gone("drop", "Identity", Status.REMOVED, null, "EliminateIdentity"));
        assertThat(of(fates, "skip").into()).isEqualTo("conv3");
        OpFate host = of(fates, "conv3");
        assertThat(host.status()).isEqualTo(Status.CHANGED);
        assertThat(host.into()).isNull();
        assertThat(host.absorbed()).containsExactlyInAnyOrder("bn3", "conv1", "bn1", "sum", "skip");
        assertThat(host.rules()).contains("AbsorbBatchNormIntoConvolution", "MergeParallelConvolutions");
        assertThat(reason(fates, "act")).isEqualTo("Relu is not linear");
    }

    @Test
    void aConvolutionThatTakesInAPaddingOthersNeedIsChanged() {
        Map<String, OpFate> fates = fates(g -> {
            Value padded = g.pad("pad", g.input("x", 2, 4, 9, 7), 0, 0, 0, 1, 1, 0, 0, 1, 1);
            g.output(g.conv("conv", padded, conv(4, 3, 3)), g.relu("act", padded));
        });
        assertThat(of(fates, "conv").status()).isEqualTo(Status.CHANGED);
        assertThat(of(fates, "conv").rules()).containsExactly("AbsorbPadIntoConvolution");
        assertThat(of(fates, "conv").absorbed()).isEmpty();
        assertThat(reason(fates, "pad"))
                .isEqualTo("no convolution after it takes it in: it stands between the input x and act (Relu)");
    }

    @Test
    void whatARuleSaidIsTheReason() {
        Map<String, OpFate> fates = fates(g -> {
            Value y = g.conv("conv", g.input("x", 2, 4, 9, 7), conv(4, 3, 3));
            g.output(g.batchNorm("bn", y), g.relu("act", y));
        });
        assertThat(reason(fates, "bn")).isEqualTo("the output of conv (Conv) is also used by act (Relu)");
        assertThat(reason(fates, "conv"))
                .isEqualTo(
                        "its output goes to bn (BatchNormalization), which stays: the output of conv (Conv) is also used"
                                + " by act (Relu)");
    }

    @Test
    void branchesStayBecauseTheirSumDoes() {
        Map<String, OpFate> fates = fates(g -> {
            Value x = g.input("x", 2, 4, 9, 7);
            Value inner = g.sum("inner", g.conv("conv", x, conv(4, 1, 1)), g.relu("act", x));
            g.output(g.sum("outer", g.sum("middle", inner, g.relu("act2", x)), g.relu("act3", x)));
        });
        String root = reason(fates, "outer");
        assertThat(root).startsWith("no two of its operands");
        assertThat(reason(fates, "middle")).isEqualTo("it is an operand of outer (Add), which stays: " + root);
        assertThat(reason(fates, "inner")).isEqualTo("it is an operand of middle (Add), which stays: " + root);
        assertThat(reason(fates, "conv")).isEqualTo("its output goes to inner (Add), which stays: " + root);
    }

    @Test
    void withoutARulesWordTheNeighboursAreNamed() {
        Map<String, OpFate> fates = fates(g -> {
            Value x = g.input("x", 2, 4, 9, 7);
            Value y = g.relu("act", g.conv("conv", x, conv(4, 3, 3)));
            Value pooled = g.averagePool("pool", g.scale("mul", y, 4, 1, 1), conv(4, 2, 2), true);
            g.output(g.concat("concat", g.opaque("flat", "Flatten", pooled), pooled));
        });
        assertThat(reason(fates, "conv"))
                .isEqualTo(
                        "nothing before or after it can be folded into it: it stands between the input x and act (Relu)");
        assertThat(reason(fates, "mul"))
                .isEqualTo(
                        "no convolution before or after it takes it in: it stands between act (Relu) and pool (AveragePool)");
        assertThat(reason(fates, "pool")).contains("between mul (Mul) and flat (Flatten)");
        assertThat(reason(fates, "flat")).isEqualTo("Flatten is not an op that can be folded");
        assertThat(reason(fates, "concat")).contains("stacked");
    }

    @Test
    void aProductIsLinearOnlyWithAConstant() {
        Map<String, OpFate> fates = fates(g -> {
            Value x = g.input("x", 2, 4, 9, 7);
            Value gate = g.relu("act", x);
            for (List<Value> operands : List.of(List.of(x, gate), List.of(x))) {
                Value y = g.value("mul" + operands.size(), x.shape());
                g.node(new Opaque(GraphFixtures.info(y.name(), "Mul"), operands, List.of(), List.of(y), null));
                g.output(y);
            }
        });
        assertThat(reason(fates, "mul2")).isEqualTo("it combines computed values by Mul, which is not linear");
        assertThat(reason(fates, "mul1")).isEqualTo("Mul is not an op that can be folded");
    }

    @Test
    void whatAnAdapterDidNotUnderstandIsTold() {
        Map<String, OpFate> fates = fates(g -> {
            Value x = g.input("x", 2, 4, 9, 7);
            Value y = g.value("y", x.shape());
            g.node(new Opaque(
                    GraphFixtures.info("norm", "BatchNormalization"),
                    List.of(x),
                    List.of(),
                    List.of(y),
                    "it is in training mode"));
            g.output(y);
        });
        assertThat(reason(fates, "norm")).isEqualTo("it is in training mode");
    }

    @Test
    void aReasonWithAWayOutComesFirst() {
        Rule general = declining("General", Outcome.declined("there is nothing to do"));
        Rule helpful = declining("Helpful", Outcome.declined("conv pads with zeros", "pad with the shift"));
        ConvGraph graph =
                GraphFixtures.graph(1, g -> g.output(g.batchNorm("bn", g.relu("act", g.input("x", 2, 4, 9, 7)))));
        for (List<Rule> rules : List.of(List.of(general, helpful), List.of(helpful, general))) {
            OpFate fate = RepPass.of(rules).apply(graph).fates().get(1);
            assertThat(fate.reason()).isEqualTo("conv pads with zeros");
            assertThat(fate.remedy()).isEqualTo("pad with the shift");
        }
    }

    private static Rule declining(String name, Outcome outcome) {
        return new CustomRule(name, Phase.ABSORB, Pattern.node(BatchNormalization.class), (match, graph) -> outcome);
    }

    static LongStream seeds() {
        return LongStream.range(SEED, SEED + GRAPHS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyOpHasOneFateThatHolds(long seed) {
        ConvGraph graph = RandomGraphs.graph(seed, 4 + (int) (seed % 30));
        RepResult<ConvGraph> result = RepPass.standard().apply(graph);
        List<OpFate> fates = result.fates();

        assertThat(fates)
                .extracting(OpFate::label)
                .containsExactlyElementsOf(
                        graph.topologicalOrder().stream().map(Node::label).toList());
        Map<String, Node> after = result.after().nodes().stream().collect(Collectors.toMap(Node::name, n -> n));
        Map<String, OpFate> byName = new HashMap<>();
        fates.forEach(f -> byName.put(f.name(), f));
        for (OpFate fate : fates) {
            assertHolds(fate, graph, after, byName);
        }
        assertThat(RepPass.standard()
                        .apply(RandomGraphs.graph(seed, 4 + (int) (seed % 30)))
                        .fates())
                .isEqualTo(fates);
    }

    private static void assertHolds(
            OpFate fate, ConvGraph before, Map<String, Node> after, Map<String, OpFate> byName) {
        switch (fate.status()) {
            case FOLDED -> {
                assertThat(fate.rules()).as("%s", fate).isNotEmpty().doesNotHaveDuplicates();
                assertThat(after).as("%s", fate).containsKey(fate.into());
                OpFate host = byName.get(fate.into());
                if (host != null) {
                    assertThat(host.absorbed()).as("%s", host).contains(fate.name());
                    assertThat(host.rules()).as("%s", host).containsAnyElementsOf(fate.rules());
                }
            }
            case REMOVED -> assertThat(fate.rules()).as("%s", fate).isNotEmpty();
            case CHANGED -> {
                assertThat(after).as("%s", fate).containsKey(fate.name());
                assertThat(fate.absorbed())
                        .as("%s", fate)
                        .allSatisfy(
                                guest -> assertThat(of(byName, guest).into()).isEqualTo(fate.name()));
            }
            case KEPT -> {
                assertThat(after).as("%s", fate).containsKey(fate.name());
                assertThat(fate.reason())
                        .as("%s", fate)
                        .isNotBlank()
                        .doesNotEndWith(".")
                        .doesNotContain("\n");
                assertThat(fate.absorbed()).as("%s", fate).isEmpty();
            }
        }
        if (fate.status() == Status.FOLDED || fate.status() == Status.REMOVED) {
            assertThat(before.nodes()).extracting(Node::name).contains(fate.name());
            assertThat(fate.reason()).as("%s", fate).isNull();
        }
    }
}
