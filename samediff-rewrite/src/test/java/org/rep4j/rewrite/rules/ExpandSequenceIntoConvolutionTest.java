package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatPass;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class ExpandSequenceIntoConvolutionTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new ExpandSequenceIntoConvolution()).on(steps);
    }

    @Test
    void composesABranchForWhichASiblingHasRoom() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value narrow = g.conv("narrow", x, conv(1, 1, 1).noBias());
                    Value wide = g.conv("wide", narrow, conv(6, 3, 3).padded(1, 1));
                    g.output(g.sum("y", g.conv("conv", x, conv(6, 3, 3).padded(1, 1)), wide));
                })
                .rewritesTo(
                        "conv = Conv(x)",
                        "wide = Conv(x) {6x4x3x3 with bias, 3x3, padding 1,1,1,1}",
                        "y = Add(conv, wide)");
    }

    @Test
    void composesADepthwiseSeparableBranch() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value depthwise = g.conv("dw", x, conv(4, 3, 3).padded(1, 1).groups(4));
                    Value point = g.batchNorm("bn", g.conv("pw", depthwise, conv(6, 1, 1)));
                    g.output(g.sum(
                            "y", Term.plus(g.conv("conv", x, conv(6, 3, 3).padded(1, 1))), Term.minus(point)));
                })
                .rewritesTo("y = Conv(x) {6x4x3x3 with bias, 3x3, padding 1,1,1,1}");
    }

    @Test
    void composesWhatPadsWithTheBias() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value norm = g.batchNorm("bn", g.conv("point", x, conv(3, 1, 1)));
                    Value padded = g.padWithBias("pad", norm, 0, 0, 1, 2, 0, 0, 1, 0);
                    Value branch = g.conv("spatial", padded, conv(5, 3, 3));
                    g.output(g.sum("y", branch, g.conv("conv", x, conv(5, 3, 3).paddedAsymmetrically(1, 2, 1, 0))));
                })
                .rewritesTo("y = Conv(x) {5x4x3x3 with bias, 3x3, padding 1,2,1,0}");
    }

    @Test
    void composesABatchNormBeforeAnUnpaddedConvolution() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value pre = g.conv("behind", g.batchNorm("bn", x), conv(6, 3, 3));
                    g.output(g.sum("y", g.conv("conv", x, conv(6, 3, 3)), pre));
                })
                .rewritesTo("conv = Conv(x)", "behind = Conv(x) {6x4x3x3 with bias, 3x3}", "y = Add(conv, behind)");
    }

    @Test
    void composesLinearLayers() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 6);
                    Value lowRank = g.linear("up", g.linear("down", x, 2), 6);
                    g.output(g.sum("y", g.linear("full", x, 6), lowRank, x));
                })
                .rewritesTo("y = Gemm(x) {6x6 with bias}");
    }

    @Test
    void declinesABatchNormBeforeAPaddedConvolution() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value pre =
                            g.conv("behind", g.batchNorm("bn", x), conv(6, 3, 3).padded(1, 1));
                    g.output(g.sum("y", g.conv("conv", x, conv(6, 3, 3).padded(1, 1)), pre));
                })
                .declines("y (Add): its operand behind (Conv) stays: behind (Conv) pads with zeros after a bias or"
                        + " BatchNorm, so that the border differs; pad with that bias (the BatchNorm's shift), or put it"
                        + " behind the op that pads");
    }

    @Test
    void declinesAPaddedChain() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value first = g.conv("first", x, conv(4, 3, 3).padded(1, 1).noBias());
                    Value second = g.conv("second", first, conv(6, 3, 3).padded(1, 1));
                    g.output(g.sum("y", g.conv("conv", x, conv(6, 5, 5).padded(2, 2)), second));
                })
                .declines(
                        "y (Add): its operand second (Conv) stays: second (Conv) pads, and before it an op with several"
                                + " taps (or a crop) on the same axis sees other values there than zeros; put the padding before"
                                + " that op");
    }

    @Test
    void isIgnoredWhereWhatIsBetweenIsReadElsewhere() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value first = g.conv("first", x, conv(4, 1, 1));
                    Value second = g.conv("second", first, conv(6, 1, 1));
                    g.output(g.sum("y", g.conv("conv", x, conv(6, 1, 1)), second), g.relu("r", first));
                })
                .isIgnored();
    }

    @Test
    void isIgnoredWhereAnOpMakesManyChannelsOfOne() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 1, 6, 5);
                    Value a = g.scale(g.value("a", Shape.of(2, 4, 6, 5)), x, g.constant(4, 1, 1));
                    Value b = g.scale(g.value("b", Shape.of(2, 4, 6, 5)), x, g.constant(4, 1, 1));
                    g.output(g.sum("y", g.conv("c", a, conv(4, 3, 3)), g.conv("d", b, conv(4, 3, 3))));
                })
                .doesNotFire();
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 1, 6, 5);
                    Value a = g.scale(g.value("a", Shape.of(2, 4, 6, 5)), x, g.constant(4, 1, 1));
                    g.output(g.sum("y", g.conv("c", a, conv(4, 1, 1)), x));
                })
                .doesNotFire();
    }
}
