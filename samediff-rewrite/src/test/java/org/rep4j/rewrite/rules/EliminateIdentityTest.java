package org.rep4j.rewrite.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.RepPass;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class EliminateIdentityTest {
    @Test
    void goesAndItsReadersReadItsInput() {
        assertThatRule(new EliminateIdentity())
                .on(g -> {
                    Value y = g.identity("drop", g.relu("act", g.input("x", 2, 3)));
                    g.output(g.relu("a", y), g.sum("b", y, y));
                })
                .rewritesTo("act = Relu(x)", "a = Relu(act)", "b = Add(act, act)");
    }

    @Test
    void goesInChains() {
        assertThatRule(new EliminateIdentity())
                .on(g -> g.output(g.relu("a", g.identity("i2", g.identity("i1", g.input("x", 2, 3))))))
                .rewritesTo("a = Relu(x)");
    }

    @Test
    void leavesReadersTheirOtherInputs() {
        assertThatRule(new EliminateIdentity())
                .on(g -> {
                    Value x = g.input("x", 2, 4);
                    g.output(g.concat("all", x, g.identity("i", x), g.relu("act", x)));
                })
                .rewritesTo("act = Relu(x)", "all = Concat(x, x, act)");
    }

    @Test
    void staysAsAnOutput() {
        assertThatRule(new EliminateIdentity())
                .on(g -> g.output(g.identity("y", g.relu("act", g.input("x", 2, 3)))))
                .declines("y (Identity): its output is an output of the graph");
    }

    @Test
    void staysAsAnOutputWhileOtherReadersReadItsInput() {
        assertThatRule(new EliminateIdentity())
                .on(g -> {
                    Value y = g.identity("y", g.conv("conv", g.input("x", 2, 3, 5, 5), conv(4, 3, 3)));
                    g.output(y, g.relu("a", y), g.relu("b", y));
                })
                .rewritesTo("conv = Conv(x)", "y = Identity(conv)", "a = Relu(conv)", "b = Relu(conv)");
    }

    @Test
    void staysForASubgraph() {
        assertThatRule(new EliminateIdentity())
                .on(g -> {
                    Value x = g.input("x", 2, 3);
                    g.output(g.captures("loop", "Captures", x, List.of(g.identity("drop", x))));
                })
                .declines("drop (Identity): a subgraph of loop (Captures) reads its output");
    }

    @Test
    void staysForASubgraphWhileOtherInputsReadItsInput() {
        assertThatRule(new EliminateIdentity())
                .on(g -> {
                    Value x = g.input("x", 2, 3);
                    Value y = g.identity("drop", x);
                    g.output(g.captures("loop", "Captures", y, List.of(y)), g.relu("act", y));
                })
                .rewritesTo("drop = Identity(x)", "loop = Captures(x)", "act = Relu(x)");
    }

    @Test
    void servesReadersThatWriteNothing() {
        ConvGraph graph = GraphFixtures.graph(1, g -> {
            Value y = g.identity("y", g.input("x", 2, 3));
            g.node(new Opaque(GraphFixtures.info("print", "Print"), List.of(y), List.of(), List.of(), null));
            g.output(y);
        });
        ConvGraph after =
                RepPass.of(List.of(new EliminateIdentity())).apply(graph).after();
        assertThat(after.consumers(graph.inputs().get(0)))
                .extracting(n -> n.name())
                .containsExactlyInAnyOrder("y", "print");
    }

    @Test
    void knowsArithmeticThatChangesNothing() {
        onNeutral(g -> g.scale("op", g.input("x", 2, 3, 5, 4), along(1, 1, 1)));
        onNeutral(g -> g.scale("op", g.input("x", 2, 3, 5, 4), ChannelConstant.scalar(1)));
        onNeutral(g -> g.shift("op", g.input("x", 2, 3, 5, 4), along(0, 0, 0)));
        onNeutral(g -> g.shift("op", g.input("x", 2, 3, 5, 4), ChannelConstant.scalar(0)));
        double[] gamma = {2, -1, 3};
        double[] variance = {4, 1, 9};
        double[] mean = {1, 2, 3};
        onNeutral(g -> g.batchNorm(
                "op",
                g.input("x", 2, 3, 5, 4),
                1,
                new BatchNormStatistics(new double[] {2, 1, 3}, mean, mean, variance, 0)));
        on(g -> g.batchNorm("op", g.input("x", 2, 3, 5, 4), 1, new BatchNormStatistics(gamma, mean, mean, variance, 0)))
                .isIgnored();
        on(g -> g.scale("op", g.input("x", 2, 3, 5, 4), along(1, 1, 0.5))).isIgnored();
        on(g -> g.shift("op", g.input("x", 2, 3, 5, 4), along(0, 1e-30, 0))).isIgnored();
    }

    @Test
    void knowsPadsAndPoolsThatChangeNothing() {
        onNeutral(g -> g.pad("op", g.input("x", 2, 3, 5, 4), 0.5, 0, 0, 0, 0, 0, 0, 0, 0));
        onNeutral(g -> g.averagePool("op", g.input("x", 2, 3, 5, 4), conv(3, 1, 1), false));
        on(g -> g.pad("op", g.input("x", 2, 3, 5, 4), 0, 0, 0, 1, 0, 0, 0, -1, 0))
                .isIgnored();
        on(g -> g.averagePool("op", g.input("x", 2, 3, 5, 4), conv(3, 1, 1).stride(2, 1), false))
                .isIgnored();
        on(g -> g.averagePool("op", g.input("x", 2, 3, 5, 4), conv(3, 1, 1).padded(0, 1), true))
                .isIgnored();
    }

    @Test
    void leavesConstantsThatMayStretchTheirInput() {
        on(g -> {
                    Value y = g.value("op", Shape.of(2, 3, 5, 4));
                    return g.scale(y, g.input("x", 2, 1, 5, 4), along(1, 1, 1));
                })
                .isIgnored();
        on(g -> g.scale("op", g.input("x", 2, -1, 5, 4), along(1, 1, 1, 1, 1, 1)))
                .isIgnored();
        on(g -> {
                    Value y = g.value("op", Shape.of(1, 3, 5, 4));
                    return g.scale(y, g.input("x", 3, 5, 4), new ChannelConstant(new double[] {1}, 0, 4));
                })
                .isIgnored();
    }

    @Test
    void leavesAChangeOfNumberFormat() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 3);
                    return g.type(ElementType.FLOAT32).scale("op", x, ChannelConstant.scalar(1));
                })
                .isIgnored();
    }

    @Test
    void isIgnoredAsArithmeticAtTheEnd() {
        assertThatRule(new EliminateIdentity())
                .on(g -> g.output(g.scale("y", g.input("x", 2, 3), ChannelConstant.scalar(1))))
                .isIgnored();
    }

    private static ChannelConstant along(double... values) {
        return ChannelConstant.fromBroadcast(Shape.of(values.length, 1, 1), values)
                .orElseThrow();
    }

    private static OnGraph on(Function<GraphFixtures, Value> op) {
        return assertThatRule(new EliminateIdentity()).on(g -> g.output(g.relu("act", op.apply(g))));
    }

    private static void onNeutral(Function<GraphFixtures, Value> op) {
        on(op).rewritesTo("act = Relu(x)");
    }

    @Test
    void isIgnoredWhereNobodyReadsIt() {
        assertThatRule(new EliminateIdentity())
                .on(g -> {
                    Value x = g.input("x", 2, 3);
                    g.identity("unread", x);
                    g.output(g.relu("act", x));
                })
                .isIgnored();
    }
}
