package org.rep4j.rewrite.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.RepResult;
import org.rep4j.rewrite.RewriteReport.Absorbed;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class MergeConcatenatedConvolutionsTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new MergeConcatenatedConvolutions()).on(steps);
    }

    private static OnGraph onTwo(ConvSpec a, ConvSpec b) {
        return on(g -> {
            Value x = a.isChannelsLast() ? g.input("x", 2, 7, 9, 4) : g.input("x", 2, 4, 7, 9);
            g.output(g.concat("y", a.channelAxis() < 0 ? 3 : 1, g.conv("a", x, a), g.conv("b", x, b)));
        });
    }

    @Test
    void stacksOutputChannels() {
        onTwo(conv(5, 3, 3).padded(1, 1), conv(2, 3, 3).padded(1, 1))
                .rewritesTo("y = Conv(x) {7x4x3x3 with bias, 3x3, padding 1,1,1,1}");
        onTwo(
                        conv(5, 1, 3).stride(2, 1).paddedAsymmetrically(0, 2, 1, 0),
                        conv(6, 1, 3)
                                .stride(2, 1)
                                .paddedAsymmetrically(0, 2, 1, 0)
                                .noBias())
                .rewritesTo("y = Conv(x) {11x4x1x3 with bias, 1x3, stride 2x1, padding 0,2,1,0}");
        onTwo(conv(5, 2, 2).noBias(), conv(1, 2, 2).noBias()).rewritesTo("y = Conv(x) {6x4x2x2, 2x2}");
    }

    @Test
    void stacksWhereChannelsAreLast() {
        onTwo(conv(5, 3, 2).nhwc(), conv(3, 3, 2).nhwc()).rewritesTo("y = Conv(x) {8x4x3x2 with bias, 3x2}");
    }

    @Test
    void stacksWherePaddingDependsOnTheSize() {
        ConvSpec same = conv(5, 3, 3).stride(2, 2).autoPadded(AutoPad.SAME_UPPER);
        onTwo(same, same).rewritesTo("y = Conv(x)");
    }

    @Test
    void stacksLinearLayersAndTransposedConvolutions() {
        on(g -> {
                    Value x = g.input("x", 3, 2, 4);
                    g.output(g.concat("y", -1, g.linear("q", x, 5), g.linear("k", x, 5), g.linear("v", x, 3)));
                })
                .rewritesTo("y = Gemm(x) {13x4 with bias}");
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    ConvSpec spec = conv(3, 3, 2).stride(2, 3).padded(1, 0);
                    g.output(g.concat("y", g.transposedConv("a", x, spec, 1, 0), g.transposedConv("b", x, spec, 1, 0)));
                })
                .rewritesTo("y = ConvTranspose(x)");
    }

    @Test
    void stacksRunsAndLeavesTheOthers() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value z = g.input("z", 2, 3, 7, 9);
                    g.output(g.concat(
                            "y",
                            g.conv("a", x, conv(2, 1, 1)),
                            g.conv("b", x, conv(3, 1, 1)),
                            g.relu("act", z),
                            g.conv("c", z, conv(2, 1, 1)),
                            g.conv("d", z, conv(4, 1, 1)),
                            g.conv("e", z, conv(1, 1, 1)),
                            g.conv("f", x, conv(1, 1, 1))));
                })
                .rewritesTo(
                        "act = Relu(z)",
                        "a_stacked = Conv(x) {5x4x1x1 with bias, 1x1}",
                        "c_stacked = Conv(z) {7x3x1x1 with bias, 1x1}",
                        "f = Conv(x)",
                        "y = Concat(a_stacked, act, c_stacked, f)");
    }

    @Test
    void theReportNamesWhatTheyWentInto() {
        RepResult<ConvGraph> result = onTwo(conv(5, 3, 3), conv(2, 3, 3)).rewritesTo("y = Conv(x)");
        assertThat(result.report().rewrites().get(0).absorbed())
                .containsExactlyInAnyOrder(new Absorbed("y", "a"), new Absorbed("b", "a"));
    }

    @Test
    void isAnOutputLikeAnyOther() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value y = g.concat("y", g.conv("a", x, conv(2, 3, 3)), g.conv("b", x, conv(3, 3, 3)));
                    g.output(y, g.relu("act", y));
                })
                .rewritesTo("y = Conv(x)", "act = Relu(y)");
    }

    @Test
    void declinesOtherGeometriesWithTheirCost() {
        onTwo(conv(4, 3, 3).padded(1, 1), conv(2, 1, 1))
                .declines(
                        "y (Concat): a (Conv) and b (Conv) read the same input, but as one they would take 144+72 instead"
                                + " of 144+8 multiply-adds per position (3x3, padding 1,1,1,1; 1x1)");
    }

    @Test
    void declinesGroups() {
        onTwo(conv(4, 3, 3), conv(2, 3, 3).groups(2))
                .declines(
                        "y (Concat): a (Conv) and b (Conv) read the same input, but b (Conv) has 2 groups, whose outputs"
                                + " would not stay together");
    }

    @Test
    void declinesOperandsThatStandApart() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    g.output(g.concat(
                            "y", g.conv("a", x, conv(2, 1, 1)), g.relu("act", x), g.conv("c", x, conv(3, 1, 1))));
                })
                .declines(
                        "y (Concat): a (Conv) and c (Conv) read the same input, but other operands stand between them");
    }

    @Test
    void declinesWhereSomebodyElseReadsAnOperand() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value b = g.conv("b", x, conv(3, 1, 1));
                    g.output(g.concat("y", g.conv("a", x, conv(2, 1, 1)), b), g.relu("act", b));
                })
                .declines(
                        "y (Concat): a (Conv) and b (Conv) read the same input, but the output of b (Conv) is also used"
                                + " by act (Relu)");
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value a = g.conv("a", x, conv(3, 1, 1));
                    g.output(a, g.concat("y", a, g.conv("b", x, conv(2, 1, 1))));
                })
                .declines(
                        "y (Concat): a (Conv) and b (Conv) read the same input, but the output of a (Conv) is an output"
                                + " of the graph");
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value a = g.conv("a", x, conv(4, 1, 1));
                    g.output(g.concat("y", a, a), g.captures("loop", "Captures", x, List.of()));
                })
                .declines("y (Concat): a (Conv) and a (Conv) read the same input, but the output of a (Conv) is"
                        + " concatenated twice");
    }

    @Test
    void declinesOtherAxes() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    g.output(g.concat("y", 2, g.conv("a", x, conv(2, 1, 1)), g.conv("b", x, conv(2, 1, 1))));
                })
                .declines(
                        "y (Concat): a (Conv) and b (Conv) read the same input, but axis 2 does not hold their channels");
        on(g -> {
                    Value x = g.input("x", 2, 4);
                    g.output(g.concat("y", 0, g.linear("a", x, 3), g.linear("b", x, 3)));
                })
                .declines(
                        "y (Concat): a (Gemm) and b (Gemm) read the same input, but axis 0 does not hold their channels");
    }

    @Test
    void declinesOtherFormatsAndBrokenWeights() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value a = g.conv("a", x, conv(2, 1, 1));
                    Value b = g.type(ElementType.FLOAT16).conv("b", x, conv(2, 1, 1));
                    g.output(g.type(ElementType.FLOAT64).concat("y", a, b));
                })
                .declines(
                        "y (Concat): a (Conv) and b (Conv) read the same input, but their number formats differ: FLOAT64"
                                + " to FLOAT64 and FLOAT16 to FLOAT16");
        onTwo(conv(2, 1, 1), conv(2, 1, 1).firstWeight(Double.NaN))
                .declines("y (Concat): a (Conv) and b (Conv) read the same input, but in b (Conv) the weights of output"
                        + " channel 0 are not finite");
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 7, 9);
                    g.output(g.concat(
                            "y",
                            g.conv("a", x, conv(2, 1, 1)),
                            g.conv("b", x, conv(2, 1, 1).firstWeight(70000))));
                })
                .declines("y (Concat): a (Conv) and b (Conv) read the same input, but in b (Conv) the folded weights of"
                        + " output channel 0 reach 7.00e+04, more than FLOAT16 holds");
    }

    @Test
    void isIgnoredWhereInputsDiffer() {
        on(g -> {
                    Value a = g.conv("a", g.input("x", 2, 4, 7, 9), conv(2, 1, 1));
                    g.output(g.concat("y", a, g.conv("b", g.input("z", 2, 4, 7, 9), conv(2, 1, 1))));
                })
                .isIgnored();
    }
}
