package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatPass;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.Value;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class ExpandAveragePoolIntoConvolutionTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new ExpandAveragePoolIntoConvolution()).on(steps);
    }

    @Test
    void writesAPoolAsADepthwiseConvolution() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value pool = g.averagePool("pool", x, conv(4, 3, 3).padded(1, 1), true);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 3, 3).padded(1, 1)), pool));
                })
                .rewritesTo(
                        "conv = Conv(x)",
                        "pool = Conv(x) {4x1x3x3 in 4 groups, 3x3, padding 1,1,1,1}",
                        "y = Add(conv, pool)");
    }

    @Test
    void takesPoolsWithStridesAndUnevenPaddings() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 8, 9);
                    Value pool = g.averagePool(
                            "pool",
                            x,
                            conv(4, 2, 3).paddedAsymmetrically(0, 2, 1, 0).stride(2, 2),
                            true);
                    g.output(g.sum(
                            "y",
                            pool,
                            g.conv(
                                    "conv",
                                    x,
                                    conv(4, 3, 3)
                                            .paddedAsymmetrically(1, 2, 1, 0)
                                            .stride(2, 2))));
                })
                .rewritesTo("y = Conv(x) {4x4x3x3 with bias, 3x3, stride 2x2, padding 1,2,1,0}");
    }

    @Test
    void takesAnUncountedPaddingThatIsNone() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value pool = g.averagePool("pool", x, conv(4, 2, 2), false);
                    g.output(g.sum(
                            "y", g.conv("conv", x, conv(4, 3, 2).groups(2).paddedAsymmetrically(1, 0, 0, 0)), pool));
                })
                .rewritesTo("y = Conv(x) {4x2x3x2 in 2 groups with bias, 3x2, padding 1,0,0,0}");
    }

    @Test
    void composesThePoolWithTheConvolutionsAndBatchNormsOfItsBranch() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value point = g.conv("point", x, conv(5, 1, 1).noBias());
                    Value pool = g.averagePool("pool", point, conv(5, 3, 3).padded(1, 1), true);
                    g.output(g.sum("y", g.conv("conv", x, conv(5, 3, 3).padded(1, 1)), g.batchNorm("bn", pool)));
                })
                .rewritesTo(
                        "conv = Conv(x)",
                        "bn = Conv(x) {5x4x3x3 with bias, 3x3, padding 1,1,1,1}",
                        "y = Add(conv, bn)");
    }

    @Test
    void worksWithChannelsLast() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 7, 9, 4);
                    Value pool =
                            g.averagePool("pool", x, conv(4, 3, 3).padded(1, 1).nhwc(), true);
                    g.output(g.sum(
                            "y", g.conv("conv", x, conv(4, 3, 3).padded(1, 1).nhwc()), pool));
                })
                .rewritesTo("y = Conv(x)");
    }

    @Test
    void declinesAPaddingThatDoesNotCount() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value pool = g.averagePool("pool", x, conv(4, 3, 3).padded(1, 1), false);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 3, 3).padded(1, 1)), pool));
                })
                .declines(
                        "y (Add): its operand pool (AveragePool) stays: pool (AveragePool) does not count its padding,"
                                + " so that its weights differ at the border; let it count its padding (count_include_pad)");
    }

    @Test
    void declinesABorderThatABiasMakesNonZero() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value point = g.conv("point", x, conv(4, 1, 1));
                    Value pool = g.averagePool("pool", point, conv(4, 3, 3).padded(1, 1), true);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 3, 3).padded(1, 1)), pool));
                })
                .declines(
                        "y (Add): its operand pool (AveragePool) stays: pool (AveragePool) pads with zeros after a bias"
                                + " or BatchNorm, so that the border differs; pad with that bias (the BatchNorm's shift), or put it"
                                + " behind the op that pads");
    }

    @Test
    void declinesAWindowThatNoSiblingMakesRoomFor() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value pool = g.averagePool("pool", x, conv(4, 3, 3).padded(1, 1), true);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 1, 1)), pool));
                })
                .declines(
                        "y (Add): its operand pool (AveragePool) stays: together with conv (Conv) one convolution would"
                                + " need 144 multiply-adds per output position instead of 16, and 144 weights instead of 16;"
                                + " --allow-cost (RepPass.allowingCost()) folds it all the same");
        assertThatRule(new ExpandAveragePoolIntoConvolution().allowingCost())
                .on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value pool = g.averagePool("pool", x, conv(4, 3, 3).padded(1, 1), true);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 1, 1)), pool));
                })
                .rewritesTo("conv = Conv(x)", "pool = Conv(x)", "y = Add(conv, pool)");
    }

    @Test
    void isIgnoredAloneAndWhereOthersReadIt() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    g.output(
                            g.sum("y", x, g.averagePool("pool", x, conv(4, 3, 3).padded(1, 1), true)));
                })
                .isIgnored();
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value pool = g.averagePool("pool", x, conv(4, 3, 3).padded(1, 1), true);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 3, 3).padded(1, 1)), pool), pool);
                })
                .isIgnored();
    }
}
