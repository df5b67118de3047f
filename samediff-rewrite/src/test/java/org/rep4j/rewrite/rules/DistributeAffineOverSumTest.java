package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatPass;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class DistributeAffineOverSumTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new DistributeAffineOverSum()).on(steps);
    }

    private static Value a(GraphFixtures g) {
        return g.conv("a", g.input("x", 2, 4, 7, 9), conv(6, 3, 2).stride(2, 1).padded(1, 0));
    }

    private static Value b(GraphFixtures g) {
        return g.conv(
                "b",
                g.input("z", 2, 2, 7, 9),
                conv(6, 1, 2).stride(2, 1).groups(2).noBias());
    }

    @Test
    void scalesEachConvolutionAndShiftsOne() {
        on(g -> g.output(g.batchNorm("bn", g.sum("y", a(g), b(g)))))
                .rewritesTo(
                        "a = Conv(x) {6x4x3x2 with bias, 3x2, stride 2x1, padding 1,0,1,0}",
                        "b = Conv(z) {6x1x1x2 in 2 groups, 1x2, stride 2x1}",
                        "bn = Add(a, b)");
    }

    @Test
    void distributesScalesAndKindsOfKernels() {
        on(g -> g.output(g.scale("mul", g.sum("y", a(g), b(g)), 6, 1, 1)))
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "mul = Add(a, b)");
        on(g -> g.output(g.scale("mul", g.sum("y", a(g), b(g)))))
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "mul = Add(a, b)");
        on(g -> {
                    Value up = g.value("up", Shape.of(2, 3, 10, 8));
                    g.transposedConv(up, g.input("x", 2, 4, 5, 4), conv(3, 2, 2).stride(2, 2), 0, 0);
                    g.output(g.batchNorm(
                            "bn",
                            g.sum(
                                    "y",
                                    up,
                                    g.conv(
                                            "b",
                                            g.input("z", 2, 4, 10, 8),
                                            conv(3, 3, 3).padded(1, 1)))));
                })
                .rewritesTo("up = ConvTranspose(x)", "b = Conv(z)", "bn = Add(up, b)");
        on(g -> g.output(g.batchNorm(
                        "bn", g.sum("y", g.linear("a", g.input("x", 3, 4), 5), g.linear("b", g.input("z", 3, 2), 5)))))
                .rewritesTo("a = Gemm(x)", "b = Gemm(z)", "bn = Add(a, b)");
    }

    @Test
    void distributesWhereChannelsAreLast() {
        on(g -> {
                    ConvSpec spec = conv(5, 3, 1).nhwc().padded(1, 0);
                    Value a = g.conv("a", g.input("x", 2, 7, 9, 3), spec);
                    Value b = g.conv("b", g.input("z", 2, 7, 9, 2), spec);
                    g.output(g.batchNorm("bn", g.sum("y", a, b), -1));
                })
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "bn = Add(a, b)");
    }

    @Test
    void accountsForSigns() {
        on(g -> g.output(g.batchNorm("bn", g.sum("y", Term.minus(a(g)), Term.plus(b(g))))))
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "bn = Add(-a, b)");
    }

    @Test
    void looksAtWholeTrees() {
        on(g -> {
                    Value inner = g.sum("inner", Term.minus(a(g)), Term.minus(b(g)));
                    Value c = g.conv("c", g.input("w", 2, 3, 4, 8), conv(6, 1, 1));
                    g.output(g.batchNorm("bn", g.sum("y", Term.minus(inner), Term.plus(c))));
                })
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "c = Conv(w)", "inner = Add(-a, -b)", "bn = Add(-inner, c)");
    }

    @Test
    void distributesOverOperandsThatBroadcast() {
        on(g -> {
                    Value a = g.conv("a", g.input("x", 2, 3, 5, 4), conv(6, 1, 1));
                    Value b = g.conv("b", g.input("z", 2, 3, 1, 1), conv(6, 1, 1));
                    g.output(g.batchNorm("bn", g.sum("y", a, b)));
                })
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "bn = Add(a, b)");
    }

    @Test
    void isAnOutputLikeAnyOther() {
        on(g -> {
                    Value bn = g.batchNorm("bn", g.sum("y", a(g), b(g)));
                    g.output(bn, g.relu("act", bn));
                })
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "bn = Add(a, b)", "act = Relu(bn)");
    }

    @Test
    void anAdditionGoesIntoAnyOneConvolution() {
        on(g -> {
                    Value x = g.input("r", 2, 6, 4, 8);
                    g.output(g.shift("add", g.sum("y", Term.plus(x), Term.minus(a(g))), 6, 1, 1));
                })
                .rewritesTo("a = Conv(x)", "add = Add(r, -a)");
        on(g -> {
                    Value x = g.input("x", 2, 6, 4, 8);
                    g.output(g.shift("add", g.sum("y", x, g.relu("act", x)), 6, 1, 1));
                })
                .isIgnored();
    }

    @Test
    void mergesWhatItCanBefore() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value sum = g.sum(
                            "y",
                            g.conv("a", x, conv(4, 3, 3).padded(1, 1)),
                            g.conv("b", g.input("z", 2, 4, 7, 9), conv(4, 1, 1)),
                            g.conv("c", x, conv(4, 1, 1)));
                    g.output(g.batchNorm("bn", sum));
                })
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "bn = Add(a, b)");
    }

    @Test
    void declinesOperandsThatAreNoConvolutions() {
        on(g -> g.output(g.batchNorm("bn", g.sum("y", a(g), g.relu("act", g.input("z", 2, 6, 4, 8))))))
                .declines("y (Add): bn (BatchNormalization) behind it stays: its operand act (Relu) is no"
                        + " convolution");
        on(g -> g.output(g.batchNorm("bn", g.sum("y", a(g), g.input("z", 2, 6, 4, 8)))))
                .declines("y (Add): bn (BatchNormalization) behind it stays: its operand z is no convolution");
        on(g -> {
                    Value inner = g.sum("inner", b(g), g.relu("act", g.input("r", 2, 6, 4, 8)));
                    g.output(g.batchNorm("bn", g.sum("y", a(g), inner)));
                })
                .declines("y (Add): bn (BatchNormalization) behind it stays: its operand act (Relu) is no"
                        + " convolution");
    }

    @Test
    void saysNothingOfArithmetic() {
        on(g -> g.output(g.scale("mul", g.sum("y", a(g), g.input("z", 2, 6, 4, 8)), 6, 1, 1)))
                .isIgnored();
    }

    @Test
    void declinesWhereSomebodyElseReadsAnOperand() {
        on(g -> {
                    Value a = a(g);
                    g.output(g.batchNorm("bn", g.sum("y", a, b(g))), g.relu("act", a));
                })
                .declines("y (Add): bn (BatchNormalization) behind it stays: its operand a (Conv) is also used by"
                        + " act (Relu)");
        on(g -> {
                    Value a = a(g);
                    g.output(a, g.batchNorm("bn", g.sum("y", a, b(g))));
                })
                .declines("y (Add): bn (BatchNormalization) behind it stays: its operand a (Conv) is an output of"
                        + " the graph");
        on(g -> {
                    Value a = a(g);
                    g.output(g.batchNorm("bn", g.sum("y", a, a)));
                })
                .declines("y (Add): bn (BatchNormalization) behind it stays: its operand a (Conv) is used twice");
        on(g -> {
                    Value y = g.sum("y", a(g), b(g));
                    g.output(g.batchNorm("bn", y), g.relu("act", y));
                })
                .isIgnored();
        on(g -> {
                    Value y = g.sum("y", a(g), b(g));
                    g.output(y, g.batchNorm("bn", y));
                })
                .isIgnored();
        on(g -> {
                    Value x = g.input("r", 2, 3);
                    Value y = g.sum("y", a(g), b(g));
                    g.output(g.batchNorm("bn", y), g.captures("loop", "Captures", g.relu("act", y), List.of(y)), x);
                })
                .isIgnored();
    }

    @Test
    void declinesOtherAxes() {
        on(g -> g.output(g.batchNorm("bn", g.sum("y", a(g), b(g)), 2, g.statistics(4))))
                .declines("y (Add): bn (BatchNormalization) behind it stays: it has 4 channels, a (Conv) writes 6");
        on(g -> {
                    Value a = g.conv("a", g.input("x", 2, 3, 6, 5), conv(6, 1, 1));
                    Value b = g.conv("b", g.input("z", 2, 3, 6, 5), conv(6, 1, 1));
                    g.output(g.batchNorm("bn", g.sum("y", a, b), 2));
                })
                .declines("y (Add): bn (BatchNormalization) behind it stays: it works along axis 2, the"
                        + " channels of a (Conv) lie along axis 1");
        on(g -> {
                    Value a = g.linear("a", g.input("x", 5, 5, 4), 5);
                    Value b = g.linear("b", g.input("z", 5, 4), 5);
                    g.output(g.batchNorm("bn", g.sum("y", a, b), 1));
                })
                .declines("y (Add): bn (BatchNormalization) behind it stays: it works along axis 1, the"
                        + " channels of a (Gemm) lie along axis -1");
        on(g -> {
                    Value a = g.linear("a", g.input("x", 5, 4), 5);
                    Value y = g.value("y", Shape.of(5, 5, 5));
                    g.sum(y, a, g.linear("b", g.input("z", 5, 5, 4), 5));
                    g.output(g.batchNorm("bn", y, 1));
                })
                .declines("y (Add): bn (BatchNormalization) behind it stays: the rank of a is not that of y");
    }

    @Test
    void declinesUnusableConstants() {
        double[] ones = {1, 1, 1, 1, 1, 1};
        on(g -> g.output(g.batchNorm(
                        "bn", g.sum("y", a(g), b(g)), 1, new BatchNormStatistics(ones, ones, ones, ones, -1))))
                .declines("y (Add): bn (BatchNormalization) behind it stays: its variance plus epsilon in channel 0 is"
                        + " 0.0");
        on(g -> g.output(g.scale("mul", g.sum("y", a(g), b(g)), ChannelConstant.scalar(Double.POSITIVE_INFINITY))))
                .isIgnored();
    }

    @Test
    void declinesWeightsThatOverflowTheNumberFormat() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 3, 5, 4);
                    Value a = g.conv("a", x, conv(2, 1, 1));
                    Value b =
                            g.conv("b", g.input("z", 2, 3, 5, 4), conv(2, 1, 1).firstWeight(60000));
                    g.output(g.scale("mul", g.sum("y", a, b), ChannelConstant.scalar(2)));
                })
                .declines("y (Add): mul (Mul) behind it stays: folded into b (Conv), the folded weights of"
                        + " output channel 0 reach 1.20e+05, more than FLOAT16 holds");
    }
}
