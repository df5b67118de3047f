package org.rep4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatPass;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;

class RepPassTest {
    private static Value repVgg(GraphFixtures g, String name, Value x, int channels, int groups, int stride) {
        Value dense = g.batchNorm(
                name + "_bn3",
                g.conv(
                        name + "_conv3",
                        x,
                        conv(channels, 3, 3)
                                .padded(1, 1)
                                .groups(groups)
                                .stride(stride, stride)
                                .noBias()));
        Value point = g.batchNorm(
                name + "_bn1",
                g.conv(
                        name + "_conv1",
                        x,
                        conv(channels, 1, 1)
                                .groups(groups)
                                .stride(stride, stride)
                                .noBias()));
        if (stride > 1) {
            return g.sum(name, dense, point);
        }
        return g.sum(name, g.sum(name + "_sum", dense, point), g.batchNorm(name + "_bn", x));
    }

    @Test
    void repVggBecomesPlain() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 9, 7);
                    Value a = g.relu("act1", repVgg(g, "block1", x, 6, 2, 2));
                    Value b = g.relu("act2", repVgg(g, "block2", a, 6, 1, 1));
                    g.output(g.relu("act3", repVgg(g, "block3", b, 6, 6, 1)));
                })
                .rewritesTo(
                        "block1 = Conv(x) {6x2x3x3 in 2 groups with bias, 3x3, stride 2x2, padding 1,1,1,1}",
                        "act1 = Relu(block1)",
                        "block2 = Conv(act1) {6x6x3x3 with bias, 3x3, padding 1,1,1,1}",
                        "act2 = Relu(block2)",
                        "block3 = Conv(act2) {6x1x3x3 in 6 groups with bias, 3x3, padding 1,1,1,1}",
                        "act3 = Relu(block3)");
    }

    @Test
    void asymmetricBlockBecomesOneSquare() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 9, 7);
                    Value square = g.batchNorm(
                            "bn1",
                            g.conv("square", x, conv(5, 3, 3).padded(1, 1).noBias()));
                    Value vertical = g.batchNorm(
                            "bn2",
                            g.conv("vertical", x, conv(5, 3, 1).padded(1, 0).noBias()));
                    Value horizontal = g.batchNorm(
                            "bn3",
                            g.conv("horizontal", x, conv(5, 1, 3).padded(0, 1).noBias()));
                    g.output(g.sum("y", square, vertical, horizontal));
                })
                .rewritesTo("y = Conv(x) {5x4x3x3 with bias, 3x3, padding 1,1,1,1}");
    }

    @Test
    void qaRepVggHasABatchNormBehindTheSum() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 9, 7);
                    Value dense =
                            g.batchNorm("bn3", g.conv("conv3", x, conv(4, 3, 3).padded(1, 1)));
                    Value sum = g.sum("sum", dense, g.conv("conv1", x, conv(4, 1, 1)), x);
                    g.output(g.relu("act", g.scale("mul", g.batchNorm("bn", sum), 4, 1, 1)));
                })
                .rewritesTo("mul = Conv(x) {4x4x3x3 with bias, 3x3, padding 1,1,1,1}", "act = Relu(mul)");
    }

    @Test
    void blocksWithinBlocksCollapseFromTheInside() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 9, 7);
                    Value inner = g.batchNorm("bn_inner", repVgg(g, "inner", x, 4, 1, 1));
                    Value middle = g.batchNorm("bn_middle", g.sum("middle", inner, g.batchNorm("skip", x)));
                    g.output(g.sum(
                            "outer", middle, g.conv("conv", x, conv(4, 1, 3).padded(0, 1)), x));
                })
                .rewritesTo("outer = Conv(x) {4x4x3x3 with bias, 3x3, padding 1,1,1,1}");
    }

    @Test
    void tensorFlowStylePadsAndSkipsFold() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 8, 10, 4);
                    Value padded = g.pad("pad", g.identity("drop", x), 0, 0, 0, 0, 0, 0, 1, 1, 0);
                    ConvSpec dense = conv(6, 3, 3).stride(2, 2).nhwc().noBias();
                    Value a = g.batchNorm("bn3", g.conv("conv3", padded, dense), 3);
                    Value b = g.batchNorm(
                            "bn1",
                            g.conv("conv1", x, conv(6, 1, 1).stride(2, 2).nhwc().noBias()),
                            3);
                    g.output(g.shift("bias", g.sum("sum", a, b), 6));
                })
                .rewritesTo("bias = Conv(x) {6x4x3x3 with bias, 3x3, stride 2x2, padding 0,0,1,1}");
    }

    @Test
    void addTreesOfAnyShapeCollapseAroundWhatIsNotLinear() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 9, 7);
                    Value a = g.sum("a", g.conv("c1", x, conv(4, 3, 3).padded(1, 1)), g.opaque("s", "Sigmoid", x));
                    Value b = g.sum("b", g.batchNorm("bn", g.conv("c2", x, conv(4, 1, 1))), x);
                    Value c =
                            g.sum("c", g.sum("d", g.conv("c3", x, conv(4, 3, 1).padded(1, 0)), a), b);
                    g.output(g.sum("y", g.relu("r", x), c, g.scale("twice", x)));
                })
                .rewritesTo("s = Sigmoid(x)", "r = Relu(x)", "c3 = Conv(x)", "y = Add(r, c3, s)");
    }

    @Test
    void aReasonThatALaterRewriteMadeUntrueIsNotReported() {
        List<RewriteReport.Decline> declined = assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 9, 7);
                    Value conv = g.conv("conv", x, conv(4, 3, 3).padded(1, 1));
                    // On the way, the output of conv has two readers and pad hides that y's operands read the same
                    // input.
                    Value bn = g.batchNorm("bn", g.identity("drop", conv));
                    Value other = g.conv("other", g.pad("pad", x, 0, 0, 0, 1, 1, 0, 0, 1, 1), conv(4, 3, 3));
                    g.output(g.relu("act", g.sum("y", bn, other)));
                })
                .rewritesTo("y = Conv(x)", "act = Relu(y)")
                .report()
                .declined();
        assertThat(declined).isEmpty();
    }

    @Test
    void reasonsNameTheOpsOfTheFinalGraph() {
        List<String> declined = assertThatPass()
                .on(g -> {
                    Value conv = g.conv("conv", g.input("x", 2, 4, 9, 7), conv(4, 3, 3));
                    g.output(g.batchNorm("bn", conv), g.relu("act", g.identity("drop", conv)));
                })
                .rewritesTo("conv = Conv(x)", "bn = BatchNormalization(conv)", "act = Relu(conv)")
                .report()
                .declined()
                .stream()
                .map(RewriteReport.Decline::toString)
                .toList();
        assertThat(declined)
                .containsExactly("bn (BatchNormalization): the output of conv (Conv) is also used by act (Relu)");
    }

    private static List<String> absorbed(RewriteReport.Rewrite rewrite) {
        return rewrite.absorbed().stream()
                .map(a -> a.op() + " into " + a.into())
                .toList();
    }

    @Test
    void theReportTellsWhatWentWhere() {
        ConvGraph graph = GraphFixtures.graph(1, g -> {
            Value x = g.input("x", 2, 4, 9, 7);
            g.output(g.relu("act", repVgg(g, "block", x, 4, 1, 1)));
        });
        RewriteReport report = RepPass.standard().apply(graph).report();
        assertThat(report.rewrites())
                .extracting(r -> r.rule() + ": " + absorbed(r) + " -> " + r.output())
                .containsExactly(
                        "AbsorbBatchNormIntoConvolution: [block_bn3 into block_conv3] -> block_bn3",
                        "AbsorbBatchNormIntoConvolution: [block_bn1 into block_conv1] -> block_bn1",
                        "ExpandAffineIntoConvolution: [block_sum into block] -> block",
                        "GrowKernelToSibling: [] -> block_bn1",
                        "MergeParallelConvolutions: [block into block_conv3, block_conv1 into block_conv3, block_bn into block_conv3] -> block");
        assertThat(report.declined()).isEmpty();
        assertThat(report.changedAnything()).isTrue();
    }

    @Test
    void twoRunsGiveTheSameGraphAndReport() {
        ConvGraph graph = RandomGraphs.graph(7, 60);
        RepResult<ConvGraph> first = RepPass.standard().apply(graph);
        RepResult<ConvGraph> second = RepPass.standard().apply(RandomGraphs.graph(7, 60));
        assertThat(second.after().toString()).isEqualTo(first.after().toString());
        assertThat(second.report()).isEqualTo(first.report());
    }

    @Test
    void anEmptySetOfRulesChangesNothing() {
        ConvGraph graph = RandomGraphs.graph(3, 30);
        assertThat(RepPass.of(List.of()).apply(graph).after().toString()).isEqualTo(graph.toString());
    }
}
