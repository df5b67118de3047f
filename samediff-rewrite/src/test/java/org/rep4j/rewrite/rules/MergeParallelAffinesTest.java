package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class MergeParallelAffinesTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new MergeParallelAffines()).on(steps);
    }

    @Test
    void addsUpBatchNormsAndTheInput() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 7);
                    g.output(g.sum("y", g.batchNorm("a", x), x, g.batchNorm("b", x)));
                })
                .rewritesTo("y = BatchNormalization(x) {4 channels}");
    }

    @Test
    void mindsTheSigns() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 7);
                    g.output(g.sum(
                            "y", Term.minus(g.batchNorm("a", x)), Term.plus(x), Term.minus(g.shift("b", x, 4, 1, 1))));
                })
                .rewritesTo("y = BatchNormalization(x) {4 channels}");
    }

    @Test
    void countsAnInputThatIsAddedTwice() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 7);
                    g.output(g.sum("y", x, x));
                })
                .rewritesTo("y = Mul(x) {1 channels}");
        on(g -> {
                    Value x = g.input("x", 2, -1, 5, 7);
                    g.output(g.sum("y", x, g.scale("half", x), x));
                })
                .rewritesTo("y = Mul(x) {1 channels}");
    }

    @Test
    void addsUpScalars() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 7);
                    g.output(g.sum("y", g.shift("t", x), x, g.scale("s", x)));
                })
                .rewritesTo("y = BatchNormalization(x) {4 channels}");
        on(g -> {
                    Value x = g.input("x", 2, -1, 5, 7);
                    g.output(g.sum("y", g.shift("t", x), x));
                })
                .isIgnored();
    }

    @Test
    void followsChains() {
        on(g -> {
                    Value x = g.input("x", 2, 5, 7, 4);
                    Value chain = g.shift("t", g.batchNorm("bn", g.scale("s", x, 4), -1), 1, 1, 1, 4);
                    g.output(g.sum("y", chain, g.scale("other", x, 4)));
                })
                .rewritesTo("y = BatchNormalization(x) {4 channels}");
    }

    @Test
    void leavesOtherOperandsInPlace() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 7);
                    g.output(g.sum("y", g.relu("r", x), x, g.conv("conv", x, conv(4, 1, 1)), g.scale("s", x, 4, 1, 1)));
                })
                .rewritesTo(
                        "r = Relu(x)",
                        "x_affine = Mul(x) {4 channels}",
                        "conv = Conv(x)",
                        "y = Add(r, x_affine, conv)");
    }

    @Test
    void isIgnoredWhereChannelsOrReadersDiffer() {
        on(g -> {
                    Value x = g.input("x", 2, -1, 5, 7);
                    g.output(g.sum("y", g.scale("s", x, 6, 1, 1), x));
                })
                .isIgnored();
        on(g -> {
                    Value x = g.input("x", 2, 4, 4, 7);
                    g.output(g.sum("y", g.batchNorm("a", x, 1), g.batchNorm("b", x, 2)));
                })
                .isIgnored();
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 7);
                    Value norm = g.batchNorm("a", x);
                    g.output(g.sum("y", norm, x), g.relu("r", norm));
                })
                .isIgnored();
    }

    @Test
    void isIgnoredWhereTheSumOverflows() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 5, 7);
                    ChannelConstant large = ChannelConstant.scalar(60000);
                    g.output(g.sum("y", g.scale("a", x, large), g.scale("b", x, large)));
                })
                .isIgnored();
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 5, 7);
                    ChannelConstant large = ChannelConstant.scalar(60000);
                    g.output(g.sum("y", g.shift("a", x, large), g.shift("b", x, large)));
                })
                .isIgnored();
    }
}
