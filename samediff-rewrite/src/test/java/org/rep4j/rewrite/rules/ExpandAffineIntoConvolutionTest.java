package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class ExpandAffineIntoConvolutionTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new ExpandAffineIntoConvolution()).on(steps);
    }

    private static OnGraph batchNormBeside(ConvSpec spec) {
        return on(g -> {
            Value x = spec.isChannelsLast() ? g.input("x", 2, 5, 6, 4) : g.input("x", 2, 4, 5, 6);
            g.output(g.sum("y", g.conv("conv", x, spec), g.batchNorm("bn", x, spec.channelAxis())));
        });
    }

    @Test
    void writesABatchNormAsAConvolution() {
        batchNormBeside(conv(4, 3, 3).padded(1, 1))
                .rewritesTo("bn = Conv(x) {4x1x1x1 in 4 groups with bias, 1x1}", "conv = Conv(x)", "y = Add(conv, bn)");
    }

    @Test
    void countsChannelsWithinGroups() {
        batchNormBeside(conv(4, 3, 3).padded(1, 1).groups(2))
                .rewritesTo("bn = Conv(x) {4x1x1x1 in 4 groups with bias, 1x1}", "conv = Conv(x)", "y = Add(conv, bn)");
        batchNormBeside(conv(4, 1, 3).padded(0, 1).groups(4))
                .rewritesTo("bn = Conv(x) {4x1x1x1 in 4 groups with bias, 1x1}", "conv = Conv(x)", "y = Add(conv, bn)");
    }

    @Test
    void knowsWhereChannelsAreLast() {
        batchNormBeside(conv(4, 3, 3).paddedAsymmetrically(0, 2, 2, 0).nhwc())
                .rewritesTo("bn = Conv(x)", "conv = Conv(x)", "y = Add(conv, bn)");
    }

    @Test
    void writesScalesAndBiasesAsConvolutions() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7);
                    Value conv = g.conv("conv", x, conv(4, 3).padded(1).noBias());
                    g.output(g.sum("y", g.scale("mul", x, 4, 1), conv, g.shift("add", x)));
                })
                .rewritesTo(
                        "add = Conv(x) {4x1x1 in 4 groups with bias, 1}",
                        "conv = Conv(x)",
                        "mul = Conv(x) {4x1x1 in 4 groups, 1}",
                        "y = Add(mul, conv, add)");
    }

    @Test
    void isIgnoredWhereSomebodyElseReadsIt() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value bn = g.batchNorm("bn", x);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 1, 1)), bn), g.relu("act", bn));
                })
                .isIgnored();
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value bn = g.batchNorm("bn", x);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 1, 1)), bn), bn);
                })
                .isIgnored();
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value bn = g.batchNorm("bn", x);
                    g.output(g.sum("y", bn, g.conv("conv", x, conv(4, 1, 1)), bn));
                })
                .isIgnored();
    }

    @Test
    void declinesOverAnotherAxis() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 4, 6);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 1, 1)), g.batchNorm("bn", x, 2)));
                })
                .declines("y (Add): its operand bn (BatchNormalization) stays: in bn (BatchNormalization) it wor"
                        + "ks along axis 2, the channels of the branch lie along axis 1");
    }

    @Test
    void declinesBesideAConvolutionOfAnotherSize() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 1, 6);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 1, 3).padded(2, 1)), g.batchNorm("bn", x)));
                })
                .declines("y (Add): its operand bn (BatchNormalization) stays: no common kernel with conv (Conv)"
                        + " gives outputs of the same size (1x3, padding 2,1,2,1; 1x1)");
    }

    @Test
    void declinesWhatWouldOverflow() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 5, 6);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 1, 1).firstWeight(65504)), g.batchNorm("bn", x)));
                })
                .declines(
                        "y (Add): its operand bn (BatchNormalization) stays: added to the weights of conv (Conv), it may"
                                + " exceed what FLOAT16 holds");
    }

    @Test
    void writesWhatItCanAndLeavesTheRest() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value seen = g.batchNorm("seen", x);
                    Value conv = g.conv("conv", x, conv(4, 3, 3).padded(1, 1));
                    g.output(seen, g.sum("y", seen, g.batchNorm("bn", x), conv));
                })
                .rewritesTo(
                        "seen = BatchNormalization(x)", "conv = Conv(x)", "bn = Conv(x)", "y = Add(seen, bn, conv)");
    }

    @Test
    void isIgnoredWithoutAConvolutionOfTheSameInput() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    g.output(g.sum("y", g.conv("conv", g.relu("act", x), conv(4, 1, 1)), g.batchNorm("bn", x)));
                })
                .isIgnored();
    }
}
