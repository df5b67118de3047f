package org.rep4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.testing.ConvSpec.conv;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.Identity;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;
import org.rep4j.testing.CustomRule;
import org.rep4j.testing.GraphFixtures;

/** The engine under rules that the catalogue does not have. */
class CustomRulesTest {
    private static final Capture<Node> SIGMOID = Capture.of(Node.class);
    private static final Pattern<Node> ANY_SIGMOID =
            Pattern.node(Node.class).where(n -> n.info().op().equals("Sigmoid")).capturedAs(SIGMOID);
    private static final Capture<Convolution> CONV = Capture.of(Convolution.class);

    private static Outcome replaceByIdentity(Node node, Value input) {
        NodeInfo info = NodeInfo.made(node.name(), "Identity");
        return Outcome.rewritten(
                Replacement.of(node, new Identity(info, input, node.outputs().get(0))));
    }

    @Test
    void laterPhasesWaitUntilEarlierOnesAreDone() {
        ConvGraph graph = GraphFixtures.graph(1, g -> {
            Value y = g.input("x", 2, 4, 5, 5);
            for (int i = 0; i < 5; i++) {
                y = g.batchNorm("bn" + i, g.identity("drop" + i, g.conv("conv" + i, y, conv(4, 1, 1))));
                y = g.relu("act" + i, y);
            }
            g.output(y);
        });
        Rule late = new CustomRule(Phase.CLEAN, Pattern.node(Convolution.class), (match, g) -> {
            assertThat(g.nodes()).as("%s", g).hasSize(10);
            return Outcome.declined("seen");
        });
        RepResult<ConvGraph> result = RepPass.of(List.of(late, Rules.ABSORB_BATCH_NORM, Rules.ELIMINATE_IDENTITY))
                .apply(graph);
        assertThat(result.report().declined()).hasSize(5);
    }

    @Test
    void aRuleThatLooksFurtherThanNeighboursReachesItsFixpoint() {
        Rule farSighted = new CustomRule(
                Phase.NORMALIZE,
                ANY_SIGMOID.fedBy(Pattern.node(Node.class)
                        .fedBy(Pattern.node(Convolution.class).capturedAs(CONV))),
                (match, g) -> match.get(CONV).kernel().hasBias()
                        ? replaceByIdentity(
                                match.get(SIGMOID), match.get(SIGMOID).inputs().get(0))
                        : Outcome.notApplicable());
        ConvGraph graph = GraphFixtures.graph(1, g -> {
            Value y = g.shift(
                    "add",
                    g.conv("conv", g.input("x", 2, 4, 5, 5), conv(4, 1, 1).noBias()),
                    4,
                    1,
                    1);
            g.output(g.relu("end", g.opaque("late", "Sigmoid", g.relu("act", y))));
        });
        RepResult<ConvGraph> result = RepPass.of(List.of(Rules.ELIMINATE_IDENTITY, farSighted, Rules.ABSORB_BIAS))
                .apply(graph);
        assertThat(result.after().toString()).contains("end[2,4,5,5] = Relu(act)");
    }

    @Test
    void aSumHearsOfWhatChangesUpALongBranch() {
        Rule biased = new CustomRule(
                Phase.MERGE,
                Pattern.node(Convolution.class)
                        .capturedAs(CONV)
                        .where(c -> !c.kernel().hasBias()),
                (match, g) -> {
                    Convolution conv = match.get(CONV);
                    ChannelAffine shift = ChannelAffine.shifting(new double[] {1, 2, 3, 4});
                    return Outcome.rewritten(
                            Replacement.of(conv, conv.with(FoldedKernel.absorb(conv.kernel(), shift), conv.output())));
                });
        Pattern<ChannelScale> branch = Pattern.node(ChannelScale.class)
                .fedBy(Pattern.node(ChannelScale.class)
                        .fedBy(Pattern.node(ChannelScale.class)
                                .fedBy(Pattern.node(Convolution.class)
                                        .where(c -> c.kernel().hasBias()))));
        Capture<Sum> sum = Capture.of(Sum.class);
        Rule farSighted = new CustomRule(
                Phase.NORMALIZE,
                Pattern.node(Sum.class).capturedAs(sum).fedBy(branch),
                (match, g) -> replaceByIdentity(
                        match.get(sum), match.get(sum).inputs().get(0)));
        ConvGraph graph = GraphFixtures.graph(1, g -> {
            Value x = g.input("x", 2, 4, 5, 5);
            Value y = g.conv("conv", x, conv(4, 1, 1).noBias());
            g.output(g.sum("sum", g.scale("c", g.scale("b", g.scale("a", y))), x));
        });
        RewriteEngine engine = new RewriteEngine(graph, List.of(farSighted, biased), Integer.MAX_VALUE, n -> {});
        assertThat(engine.run().toString()).contains("sum[2,4,5,5] = Identity(c)");
        assertThat(engine.lastLooks()).isEqualTo(1);
    }

    @Test
    void theLastReaderHearsThatTheOthersWent() {
        Rule detour = new CustomRule(
                Phase.CLEAN,
                ANY_SIGMOID,
                (match, g) -> replaceByIdentity(match.get(SIGMOID), g.inputs().get(0)));
        ConvGraph graph = GraphFixtures.graph(1, g -> {
            Value y = g.conv("conv", g.input("x", 2, 4, 5, 5), conv(4, 1, 1));
            g.output(g.batchNorm("bn", y), g.opaque("act", "Sigmoid", y));
        });
        RewriteEngine engine =
                new RewriteEngine(graph, List.of(detour, Rules.ABSORB_BATCH_NORM), Integer.MAX_VALUE, n -> {});
        assertThat(engine.run().toString()).contains("bn[2,4,5,5] = Conv(x)");
        assertThat(engine.lastLooks()).isEqualTo(1);
    }

    @Test
    void aRuleThatLosesAValueBreaksThePassButNotTheGraph() {
        ConvGraph graph = GraphFixtures.graph(1, g -> g.output(g.opaque("y", "Sigmoid", g.input("x", 2, 4))));
        String before = graph.toString();
        Rule broken = new CustomRule(
                Phase.CLEAN, ANY_SIGMOID, (match, g) -> Outcome.rewritten(Replacement.of(match.get(SIGMOID))));
        assertThatThrownBy(() -> RepPass.of(List.of(broken)).apply(graph))
                .isInstanceOf(BrokenRuleException.class)
                .hasMessageContaining("the rule CustomRule on y (Sigmoid) throws: ")
                .hasMessageContaining("the replacement of y (Sigmoid) does not write y, which is still read")
                .hasCauseInstanceOf(InvalidGraphException.class);
        assertThat(graph.toString()).isEqualTo(before);
    }

    @Test
    void aHostMustBeAdded() {
        ConvGraph graph = GraphFixtures.graph(1, g -> g.output(g.opaque("y", "Sigmoid", g.input("x", 2, 4))));
        Rule broken = new CustomRule(Phase.CLEAN, ANY_SIGMOID, (match, g) -> {
            Node node = match.get(SIGMOID);
            return Outcome.rewritten(new Replacement(List.of(node), List.of(node), Map.of("x", "elsewhere")));
        });
        assertThatThrownBy(() -> RepPass.of(List.of(broken)).apply(graph))
                .isInstanceOf(BrokenRuleException.class)
                .hasMessageContaining("a host is not among the added nodes: [elsewhere]");
    }

    @Test
    void aRuleThatBreaksChannelsIsFoundOut() {
        Rule broken = new CustomRule(
                Phase.MERGE,
                Pattern.node(Convolution.class)
                        .where(c -> c.input().name().equals("a"))
                        .capturedAs(CONV),
                (match, g) -> Outcome.rewritten(Replacement.of(
                        match.get(CONV), match.get(CONV).reading(g.inputs().get(1), ConvGeometry.pointwise(2)))));
        ConvGraph graph = GraphFixtures.graph(1, g -> {
            Value a = g.input("a", 2, 4, 5, 5);
            g.input("b", 2, 3, 5, 5);
            g.output(g.conv("y", a, conv(4, 1, 1)));
        });
        assertThatThrownBy(() -> RepPass.of(List.of(broken)).apply(graph))
                .isInstanceOf(BrokenRuleException.class)
                .hasMessage(
                        "the rule CustomRule on y (Conv) breaks the graph: y (Conv) has a kernel of 4x4x1x1 but reads 3"
                                + " channels; please report this");
    }
}
