package org.rep4j.rewrite.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatPass;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.RepResult;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class MergeConsecutiveAffinesTest {
    private static OnGraph on(BiFunction<GraphFixtures, Value, Value> ops) {
        return assertThatRule(new MergeConsecutiveAffines()).on(g -> g.output(ops.apply(g, g.input("x", 2, 3, 5, 3))));
    }

    @Test
    void factorsStayAFactor() {
        on((g, x) -> g.scale("b", g.scale("a", x, 3, 1, 1), 3, 1, 1)).rewritesTo("b = Mul(x) {3 channels}");
        on((g, x) -> g.scale("b", g.scale("a", x), 3, 1, 1)).rewritesTo("b = Mul(x) {3 channels}");
        on((g, x) -> g.scale("b", g.scale("a", x, 1, 3, 1, 1))).rewritesTo("b = Mul(x) {3 channels}");
        on((g, x) -> g.scale("b", g.scale("a", x, 1, 1, 1), 1, 1)).rewritesTo("b = Mul(x) {1 channels}");
        on((g, x) -> g.scale("b", g.scale("a", x, 3), 1, 1, 1, 3)).rewritesTo("b = Mul(x) {3 channels}");
    }

    @Test
    void summandsStayASummand() {
        on((g, x) -> g.shift("b", g.shift("a", x, 3, 1, 1))).rewritesTo("b = Add(x) {3 channels}");
        on((g, x) -> g.shift("b", g.shift("a", x), 1, 3, 1, 1)).rewritesTo("b = Add(x) {3 channels}");
    }

    @Test
    void anythingElseBecomesABatchNorm() {
        on((g, x) -> g.batchNorm("b", g.batchNorm("a", x))).rewritesTo("b = BatchNormalization(x)");
        on((g, x) -> g.shift("b", g.scale("a", x, 3, 1, 1))).rewritesTo("b = BatchNormalization(x)");
        on((g, x) -> g.scale("b", g.shift("a", x), 3, 1, 1)).rewritesTo("b = BatchNormalization(x)");
        on((g, x) -> g.shift("b", g.batchNorm("a", x), 1, 3, 1, 1)).rewritesTo("b = BatchNormalization(x)");
        on((g, x) -> g.batchNorm("b", g.scale("a", x), 3)).rewritesTo("b = BatchNormalization(x)");
        on((g, x) -> g.batchNorm("b", g.shift("a", x, 3), -1)).rewritesTo("b = BatchNormalization(x)");
    }

    @Test
    void chainsBecomeOne() {
        on((g, x) -> {
                    Value y = g.scale("deviation", g.shift("mean", x, 3, 1, 1), 3, 1, 1);
                    return g.shift("beta", g.scale("gamma", g.batchNorm("bn", y), 3, 1, 1), 3, 1, 1);
                })
                .rewritesTo("beta = BatchNormalization(x)");
    }

    @Test
    void theReportNamesWhatItWentInto() {
        RepResult<ConvGraph> result =
                on((g, x) -> g.batchNorm("b", g.scale("a", x))).rewritesTo("b = BatchNormalization(x)");
        assertThat(result.report().rewrites().get(0).absorbed())
                .allSatisfy(a -> assertThat(a.into()).isEqualTo("b"))
                .extracting(a -> a.op())
                .containsExactly("a");
    }

    @Test
    void leavesChainsToConvolutions() {
        assertThatPass()
                .on(g -> {
                    Value conv = g.conv(
                            "conv",
                            g.input("x", 2, 3, 5, 4),
                            conv(4, 3, 3).groups(1).padded(1, 1));
                    g.output(g.shift("b", g.scale("a", conv, 4, 1, 1), 4, 1, 1));
                })
                .rewritesTo("b = Conv(x)");
    }

    @Test
    void branchesOfTwoOpsThenMergeWithTheirSiblings() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value scaled = g.shift("b", g.scale("a", x, 4, 1, 1), 4, 1, 1);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 3, 3).padded(1, 1)), scaled));
                })
                .rewritesTo("y = Conv(x)");
    }

    @Test
    void leavesWhatIsReadInBetween() {
        on((g, x) -> {
                    Value a = g.scale("a", x);
                    g.output(a);
                    return g.scale("b", a);
                })
                .isIgnored();
        on((g, x) -> {
                    Value a = g.scale("a", x);
                    g.output(g.captures("loop", "Captures", x, List.of(a)));
                    return g.scale("b", a);
                })
                .isIgnored();
    }

    @Test
    void servesReadersBehindAndOutputs() {
        on((g, x) -> {
                    Value b = g.scale("b", g.scale("a", x));
                    g.output(b);
                    return g.sum("y", g.relu("act", b), b);
                })
                .rewritesTo("b = Mul(x)", "act = Relu(b)", "y = Add(act, b)");
    }

    @Test
    void leavesDifferentAxes() {
        on((g, x) -> g.scale("b", g.scale("a", x, 3, 1, 1), 3)).isIgnored();
        on((g, x) -> g.batchNorm("b", g.batchNorm("a", x), 3)).isIgnored();
        on((g, x) -> g.shift("b", g.batchNorm("a", x), 5, 1)).isIgnored();
    }

    @Test
    void leavesOneScaleAndOneShiftForAllChannelsOfAnUnknownAxis() {
        on((g, x) -> g.shift("b", g.scale("a", x))).isIgnored();
    }

    @Test
    void leavesConstantsThatStretchTheirInput() {
        assertThatRule(new MergeConsecutiveAffines())
                .on(g -> {
                    Value a = g.value("a", Shape.of(2, 3, 5, 4));
                    g.scale(a, g.input("x", 2, 1, 5, 4), g.constant(3, 1, 1));
                    g.output(g.shift("b", a, 3, 1, 1));
                })
                .isIgnored();
        assertThatRule(new MergeConsecutiveAffines())
                .on(g -> {
                    Value a = g.value("a", Shape.of(1, 3, 5, 4));
                    g.scale(a, g.input("x", 3, 5, 4), new ChannelConstant(new double[] {2}, 0, 4));
                    g.output(g.scale("b", a, 3, 1, 1));
                })
                .isIgnored();
    }

    @Test
    void aFactorMayStretchAsBothDid() {
        assertThatRule(new MergeConsecutiveAffines())
                .on(g -> {
                    Value a = g.value("a", Shape.of(2, 3, 5, 4));
                    g.scale(a, g.input("x", 2, 1, 5, 4), g.constant(3, 1, 1));
                    g.output(g.scale("b", a, 1, 1));
                })
                .rewritesTo("b = Mul(x)");
    }

    @Test
    void leavesUnusableConstantsAndOverflow() {
        on((g, x) -> g.scale("b", g.scale("a", x), ChannelConstant.scalar(Double.NaN)))
                .isIgnored();
        double[] ones = {1, 1, 1};
        on((g, x) -> g.batchNorm("b", g.scale("a", x), 1, new BatchNormStatistics(ones, ones, ones, ones, -1)))
                .isIgnored();
        assertThatRule(new MergeConsecutiveAffines())
                .on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 3, 5, 4);
                    Value a = g.scale("a", x, ChannelConstant.scalar(300));
                    g.output(g.scale("b", a, ChannelConstant.scalar(-300)));
                })
                .isIgnored();
        assertThatRule(new MergeConsecutiveAffines())
                .on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 3, 5, 4);
                    Value a = g.shift("a", x, ChannelConstant.scalar(300));
                    g.output(g.scale(
                            "b",
                            a,
                            ChannelConstant.fromBroadcast(Shape.of(3, 1, 1), new double[] {1, 1, 300})
                                    .orElseThrow()));
                })
                .isIgnored();
    }

    @Test
    void leavesOtherNumberFormats() {
        assertThatRule(new MergeConsecutiveAffines())
                .on(g -> {
                    Value a = g.scale("a", g.type(ElementType.OTHER).input("x", 2, 3, 5, 4));
                    g.output(g.scale("b", a));
                })
                .isIgnored();
        assertThatRule(new MergeConsecutiveAffines())
                .on(g -> {
                    Value a = g.scale("a", g.type(ElementType.FLOAT16).input("x", 2, 3, 5, 4));
                    g.output(g.type(ElementType.FLOAT32).scale("b", a));
                })
                .isIgnored();
    }

    @Test
    void leavesBatchNormsAlongDifferentAxes() {
        assertThatRule(new MergeConsecutiveAffines())
                .on(g -> {
                    Value x = g.input("x", 2, 3, 1, 4);
                    g.output(g.batchNorm("b", g.batchNorm("a", x, 1), 2));
                })
                .isIgnored();
        assertThatRule(new MergeConsecutiveAffines())
                .on(g -> {
                    Value x = g.input("x", 2, 3, 1, 4);
                    g.output(g.batchNorm("b", g.batchNorm("a", x, 2), 1));
                })
                .isIgnored();
    }
}
