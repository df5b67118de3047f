package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class MergeSequentialConvolutionsTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new MergeSequentialConvolutions()).on(steps);
    }

    private static OnGraph chain(ConvSpec first, ConvSpec second) {
        return chain(11, first, second);
    }

    private static OnGraph chain(long height, ConvSpec first, ConvSpec second) {
        return on(g -> {
            Value x = first.isChannelsLast() ? g.input("x", 2, height, 13, 4) : g.input("x", 2, 4, height, 13);
            g.output(g.conv("y", g.conv("first", x, first), second));
        });
    }

    @Test
    void composesAPointwiseConvolutionWithOneThatPads() {
        chain(conv(9, 1, 1).noBias(), conv(5, 3, 3).padded(1, 1))
                .rewritesTo("y = Conv(x) {5x4x3x3 with bias, 3x3, padding 1,1,1,1}");
        chain(
                        conv(9, 1, 1).noBias(),
                        conv(5, 3, 2)
                                .paddedAsymmetrically(2, 0, 1, 1)
                                .stride(2, 1)
                                .dilation(2, 1))
                .rewritesTo("y = Conv(x) {5x4x3x2 with bias, 3x2, stride 2x1, dilation 2x1, padding 2,0,1,1}");
    }

    @Test
    void composesABiasWithAConvolutionThatDoesNotPad() {
        chain(conv(9, 1, 1), conv(5, 3, 3)).rewritesTo("y = Conv(x) {5x4x3x3 with bias, 3x3}");
        chain(conv(9, 1, 1).padded(2, 1), conv(5, 3, 3))
                .rewritesTo("y = Conv(x) {5x4x3x3 with bias, 3x3, padding 2,1,2,1}");
    }

    @Test
    void composesAKernelWithAPointwiseConvolutionBehindIt() {
        chain(
                        conv(4, 3, 2).paddedAsymmetrically(1, 0, 0, 1).stride(2, 1),
                        conv(3, 1, 1).noBias())
                .rewritesTo("y = Conv(x) {3x4x3x2 with bias, 3x2, stride 2x1, padding 1,0,0,1}");
        chain(conv(4, 3, 3).dilation(2, 1).padded(2, 1), conv(4, 1, 1).stride(2, 3))
                .rewritesTo("y = Conv(x) {4x4x3x3 with bias, 3x3, stride 2x3, dilation 2x1, padding 2,1,2,1}");
    }

    @Test
    void composesUnpaddedChains() {
        chain(conv(30, 2, 3), conv(2, 3, 1)).rewritesTo("y = Conv(x) {2x4x4x3 with bias, 4x3}");
        chain(conv(30, 3, 1).padded(1, 0).stride(2, 1), conv(2, 2, 2))
                .rewritesTo("y = Conv(x) {2x4x5x2 with bias, 5x2, stride 2x1, padding 1,0,1,0}");
    }

    @Test
    void composesPaddingsOnAxesWithoutTapsBefore() {
        chain(conv(12, 1, 3).padded(0, 1).noBias(), conv(4, 3, 1).padded(1, 0))
                .rewritesTo("y = Conv(x) {4x4x3x3 with bias, 3x3, padding 1,1,1,1}");
    }

    @Test
    void composesGroupsGroupByGroup() {
        chain(conv(8, 1, 1).groups(2).noBias(), conv(6, 3, 3).padded(1, 1).groups(2))
                .rewritesTo("y = Conv(x) {6x2x3x3 in 2 groups with bias, 3x3, padding 1,1,1,1}");
        chain(conv(4, 3, 3).groups(4), conv(4, 1, 1).groups(4))
                .rewritesTo("y = Conv(x) {4x1x3x3 in 4 groups with bias, 3x3}");
    }

    @Test
    void composesAcrossABorderThatIsFilledWithTheBias() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value point = g.conv("point", x, conv(9, 1, 1));
                    Value padded = g.padWithBias("pad", point, 0, 0, 1, 0, 0, 0, 1, 2);
                    g.output(g.conv("y", padded, conv(5, 3, 3)));
                })
                .rewritesTo("y = Conv(x) {5x4x3x3 with bias, 3x3, padding 1,0,1,2}");
    }

    @Test
    void worksWithChannelsLastAndLinearLayers() {
        chain(conv(9, 1, 1).nhwc(), conv(5, 3, 3).nhwc()).rewritesTo("y = Conv(x) {5x4x3x3 with bias, 3x3}");
        on(g -> g.output(g.linear("y", g.linear("first", g.input("x", 2, 3, 6), 9), 4)))
                .rewritesTo("y = Gemm(x) {4x6 with bias}");
    }

    @Test
    void declinesABiasBeforeAPadding() {
        chain(conv(9, 1, 1), conv(5, 3, 3).padded(1, 1))
                .declines(
                        "y (Conv): it is not one convolution with first (Conv) before it: y (Conv) pads with zeros after"
                                + " a bias or BatchNorm, so that the border differs; pad with that bias (the BatchNorm's shift), or"
                                + " put it behind the op that pads");
    }

    @Test
    void declinesAPaddedChain() {
        chain(conv(30, 3, 3).padded(1, 1).noBias(), conv(2, 3, 3).padded(1, 1))
                .declines(
                        "y (Conv): it is not one convolution with first (Conv) before it: y (Conv) pads, and before it an"
                                + " op with several taps (or a crop) on the same axis sees other values there than zeros; put the"
                                + " padding before that op");
    }

    @Test
    void declinesWhatWouldCostMore() {
        ConvSpec depthwise = conv(4, 3, 3).padded(1, 1).groups(4);
        String asked = "; --allow-cost (RepPass.allowingCost()) folds it all the same";
        chain(depthwise, conv(8, 1, 1))
                .declines(
                        "y (Conv): together with first (Conv) before it, one convolution would need 288 multiply-adds per"
                                + " output position instead of 68, and 288 weights instead of 68" + asked);
        chain(conv(4, 1, 7).padded(0, 3).noBias(), conv(4, 7, 1).padded(3, 0))
                .declines(
                        "y (Conv): together with first (Conv) before it, one convolution would need 784 multiply-adds per"
                                + " output position instead of 224, and 784 weights instead of 224" + asked);
        chain(conv(1, 1, 1), conv(8, 1, 1))
                .declines(
                        "y (Conv): together with first (Conv) before it, one convolution would need 32 multiply-adds per"
                                + " output position instead of 12, and 32 weights instead of 12" + asked);
    }

    @Test
    void countsHowOftenTheFirstOneRuns() {
        // 36 + 72 weights, but the 36 run four times as often: 216 multiply-adds, and 72 weights too few for one kernel
        chain(conv(9, 1, 1), conv(2, 2, 2).stride(2, 2)).rewritesTo("y = Conv(x) {2x4x2x2 with bias, 2x2, stride 2x2}");
    }

    @Test
    void foldsWhatCostsMoreIfAllowed() {
        assertThatRule(new MergeSequentialConvolutions().allowingCost())
                .on(g -> {
                    Value x = g.input("x", 2, 4, 11, 13);
                    Value depthwise = g.conv("dw", x, conv(4, 3, 3).padded(1, 1).groups(4));
                    g.output(g.conv("y", depthwise, conv(8, 1, 1)));
                })
                .rewritesTo("y = Conv(x) {8x4x3x3 with bias, 3x3, padding 1,1,1,1}");
    }

    @Test
    void isIgnoredWhereOthersReadWhatIsBetween() {
        on(g -> {
                    Value first = g.conv("first", g.input("x", 2, 4, 7, 9), conv(9, 1, 1));
                    g.output(g.conv("y", first, conv(2, 1, 1)), g.relu("r", first));
                })
                .isIgnored();
        on(g -> {
                    Value first = g.conv("first", g.input("x", 2, 4, 7, 9), conv(9, 1, 1));
                    g.output(g.conv("y", first, conv(2, 1, 1)), first);
                })
                .isIgnored();
    }

    @Test
    void keepsTheOutputsOfTheGraph() {
        on(g -> {
                    Value y = g.conv("y", g.conv("first", g.input("x", 2, 4, 7, 9), conv(9, 1, 1)), conv(2, 1, 1));
                    g.output(y, g.relu("r", y));
                })
                .rewritesTo("y = Conv(x) {2x4x1x1 with bias, 1x1}", "r = Relu(y)");
    }

    @Test
    void declinesAPaddingThatDependsOnTheInput() {
        on(g -> {
                    Value x = g.input("x", 2, 4, -1, -1);
                    Value first = g.conv("first", x, conv(9, 1, 1).noBias());
                    g.output(g.conv("y", first, conv(2, 3, 3).stride(2, 2).autoPadded(AutoPad.SAME_UPPER)));
                })
                .declines(
                        "y (Conv): it is not one convolution with first (Conv) before it: the padding of y (Conv), or of what is before it, depends"
                                + " on an input size that is not known; give the input a fixed size");
    }

    @Test
    void keepsAPaddingThatDependsOnTheInput() {
        ConvSpec same = conv(4, 3, 3).stride(2, 2).autoPadded(AutoPad.SAME_LOWER);
        chain(-1, same, conv(3, 1, 1))
                .rewritesTo("y = Conv(x) {3x4x3x3 with bias, 3x3, stride 2x2, padding SAME_LOWER}");
        chain(-1, same, conv(3, 1, 1).stride(2, 1))
                .declines(
                        "y (Conv): it is not one convolution with first (Conv) before it: the padding of y (Conv), or of"
                                + " what is before it, depends on an input size that is not known; give the input a fixed size");
    }

    @Test
    void declinesWeightsThatOverflow() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 7, 9);
                    Value first = g.conv("first", x, conv(9, 1, 1).firstWeight(60000));
                    g.output(g.conv("y", first, conv(1, 1, 1).firstWeight(2).noBias()));
                })
                .declines("y (Conv): together with first (Conv) before it, the folded weights of output channel 0 reach"
                        + " 1.20e+05, more than FLOAT16 holds");
    }

    @Test
    void countsTheFirstWhereItRunsAtFewerPositionsThanTheSecond() {
        // One 8x8 instead of 8x5 and 5x8, but at 36 positions instead of 4 and 36.
        on(g -> {
                    Value x = g.input("x", 2, 8, 2, 2);
                    Value first = g.conv("first", x, conv(5, 1, 1).noBias());
                    g.output(g.conv("y", first, conv(8, 1, 1).padded(2, 2)));
                })
                .declines(
                        "y (Conv): together with first (Conv) before it, one convolution would need 64 multiply-adds per"
                                + " output position instead of 40, and 64 weights instead of 80; --allow-cost"
                                + " (RepPass.allowingCost()) folds it all the same");
        on(g -> {
                    Value x = g.input("x", 2, 8, 2, 2);
                    Value first = g.conv("first", x, conv(5, 1, 1).noBias());
                    Value pad = g.pad("pad", first, 0, 0, 0, 1, 1, 0, 0, 1, 1);
                    g.output(g.conv("y", pad, conv(8, 1, 1)));
                })
                .doesNotFire();
    }
}
