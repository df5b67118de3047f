package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class DistributeAffineOverConcatTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new DistributeAffineOverConcat()).on(steps);
    }

    private static Value a(GraphFixtures g) {
        return g.conv("a", g.input("x", 2, 4, 7, 9), conv(6, 3, 2).stride(2, 1).padded(1, 0));
    }

    private static Value b(GraphFixtures g) {
        return g.conv(
                "b",
                g.input("z", 2, 2, 7, 9),
                conv(4, 1, 2).stride(2, 1).groups(2).noBias());
    }

    @Test
    void givesEachConvolutionItsChannels() {
        on(g -> g.output(g.batchNorm("bn", g.concat("y", a(g), b(g)))))
                .rewritesTo(
                        "a = Conv(x) {6x4x3x2 with bias, 3x2, stride 2x1, padding 1,0,1,0}",
                        "b = Conv(z) {4x1x1x2 in 2 groups with bias, 1x2, stride 2x1}",
                        "bn = Concat(a, b)");
    }

    @Test
    void distributesScalesAndShifts() {
        on(g -> g.output(g.scale("mul", g.concat("y", a(g), b(g)), 10, 1, 1)))
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "mul = Concat(a, b)");
        on(g -> g.output(g.shift("add", g.concat("y", a(g), b(g)), 1, 10, 1, 1)))
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "add = Concat(a, b)");
        on(g -> g.output(g.shift("add", g.concat("y", a(g), b(g)))))
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "add = Concat(a, b)");
    }

    @Test
    void distributesOverLastAxes() {
        on(g -> {
                    ConvSpec spec = conv(5, 3, 1).nhwc().padded(1, 0);
                    Value a = g.conv("a", g.input("x", 2, 7, 9, 3), spec);
                    Value b = g.conv("b", g.input("z", 2, 7, 9, 2), spec);
                    g.output(g.batchNorm("bn", g.concat("y", 3, a, b), -1));
                })
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "bn = Concat(a, b)");
        on(g -> {
                    Value a = g.linear("a", g.input("x", 3, 4), 5);
                    Value b = g.linear("b", g.input("z", 3, 2), 2);
                    g.output(g.batchNorm("bn", g.concat("y", -1, a, b), 1));
                })
                .rewritesTo("a = Gemm(x)", "b = Gemm(z)", "bn = Concat(a, b)");
        on(g -> {
                    Value up = g.transposedConv(
                            "up", g.input("x", 2, 4, 5), conv(3, 2).stride(2), 0);
                    Value b = g.conv("b", g.input("z", 2, 4, 12), conv(2, 3));
                    g.output(g.batchNorm("bn", g.concat("y", up, b)));
                })
                .rewritesTo("up = ConvTranspose(x)", "b = Conv(z)", "bn = Concat(up, b)");
    }

    @Test
    void isAnOutputLikeAnyOther() {
        on(g -> {
                    Value bn = g.batchNorm("bn", g.concat("y", a(g), b(g)));
                    g.output(bn, g.relu("act", bn));
                })
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "bn = Concat(a, b)", "act = Relu(bn)");
    }

    @Test
    void declinesOperandsThatAreNoConvolutions() {
        on(g -> g.output(g.batchNorm("bn", g.concat("y", a(g), g.relu("act", g.input("z", 2, 6, 4, 8))))))
                .declines("y (Concat): bn (BatchNormalization) behind it stays: its operand act (Relu) is no"
                        + " convolution");
        on(g -> g.output(g.scale("mul", g.concat("y", a(g), g.input("z", 2, 6, 4, 8)), 12, 1, 1)))
                .isIgnored();
    }

    @Test
    void declinesWhereSomebodyElseReadsAnOperand() {
        on(g -> {
                    Value a = a(g);
                    g.output(g.batchNorm("bn", g.concat("y", a, b(g))), g.relu("act", a));
                })
                .declines("y (Concat): bn (BatchNormalization) behind it stays: its operand a (Conv) is also used"
                        + " by act (Relu)");
        on(g -> {
                    Value a = a(g);
                    g.output(g.batchNorm("bn", g.concat("y", a, b(g), a)));
                })
                .declines("y (Concat): bn (BatchNormalization) behind it stays: its operand a (Conv) is used twice");
        on(g -> {
                    Value y = g.concat("y", a(g), b(g));
                    g.output(y, g.batchNorm("bn", y));
                })
                .isIgnored();
        on(g -> {
                    Value x = g.input("r", 2, 10, 4, 8);
                    Value y = g.concat("y", a(g), b(g));
                    g.output(g.batchNorm("bn", y), g.captures("loop", "Captures", x, List.of(y)));
                })
                .isIgnored();
    }

    @Test
    void declinesOtherAxes() {
        on(g -> {
                    Value a = g.conv("a", g.input("x", 2, 3, 6, 5), conv(6, 1, 1));
                    Value b = g.conv("b", g.input("z", 2, 3, 6, 5), conv(6, 1, 1));
                    g.output(g.batchNorm("bn", g.concat("y", 2, a, b), 1));
                })
                .declines("y (Concat): bn (BatchNormalization) behind it stays: y (Concat) before it"
                        + " concatenates along axis 2, the channels of a (Conv) lie along axis 1");
        on(g -> {
                    Value a = g.conv("a", g.input("x", 2, 3, 6, 5), conv(6, 1, 1));
                    Value b = g.conv("b", g.input("z", 2, 3, 6, 5), conv(6, 1, 1));
                    g.output(g.batchNorm("bn", g.concat("y", 2, a, b), 2));
                })
                .declines("y (Concat): bn (BatchNormalization) behind it stays: it works along axis 2, the"
                        + " channels of a (Conv) lie along axis 1");
    }

    @Test
    void oneNumberForAllGoesWithAnyAxis() {
        on(g -> {
                    Value a = g.conv("a", g.input("x", 2, 3, 6, 5), conv(6, 1, 1));
                    Value b = g.conv("b", g.input("z", 2, 3, 6, 5), conv(6, 1, 1));
                    g.output(g.scale("mul", g.concat("y", 2, a, b)));
                })
                .rewritesTo("a = Conv(x)", "b = Conv(z)", "mul = Concat(a, b)");
    }

    @Test
    void declinesOtherChannelCounts() {
        on(g -> {
                    Value y = g.value("y", Shape.unknown());
                    g.node(new Concat(GraphFixtures.info("y", "Concat"), List.of(a(g), b(g)), y, 1));
                    Value x = g.input("r", 2, 3);
                    g.batchNorm("bn", y, 1, g.statistics(9));
                    g.output(x);
                })
                .declines("y (Concat): bn (BatchNormalization) behind it stays: it has 9 channels, y (Concat)"
                        + " writes 10");
    }

    @Test
    void declinesUnusableConstants() {
        double[] ones = new double[10];
        Arrays.fill(ones, 1);
        on(g -> g.output(g.batchNorm(
                        "bn", g.concat("y", a(g), b(g)), 1, new BatchNormStatistics(ones, ones, ones, ones, -1))))
                .declines("y (Concat): bn (BatchNormalization) behind it stays: its variance plus epsilon in channel 0"
                        + " is 0.0");
    }

    @Test
    void declinesWeightsThatOverflowTheNumberFormat() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 3, 5, 4);
                    Value a = g.conv("a", x, conv(2, 1, 1));
                    Value b =
                            g.conv("b", g.input("z", 2, 3, 5, 4), conv(2, 1, 1).firstWeight(60000));
                    g.output(g.scale("mul", g.concat("y", a, b), ChannelConstant.scalar(2)));
                })
                .declines("y (Concat): mul (Mul) behind it stays: folded into b (Conv), the folded weights of"
                        + " output channel 0 reach 1.20e+05, more than FLOAT16 holds");
    }
}
