package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatPass;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class ExpandIdentityIntoConvolutionTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new ExpandIdentityIntoConvolution()).on(steps);
    }

    private static OnGraph beside(ConvSpec spec) {
        return on(g -> {
            Value x = spec.isChannelsLast() ? g.input("x", 2, 5, 6, 4) : g.input("x", 2, 4, 5, 6);
            g.output(g.sum("y", g.conv("conv", x, spec), x));
        });
    }

    @Test
    void writesTheInputAsAConvolution() {
        beside(conv(4, 3, 3).padded(1, 1))
                .rewritesTo(
                        "x_identity = Conv(x) {4x1x1x1 in 4 groups, 1x1}",
                        "conv = Conv(x)",
                        "y = Add(conv, x_identity)");
    }

    @Test
    void countsChannelsWithinGroups() {
        beside(conv(4, 3, 3).padded(1, 1).groups(2))
                .rewritesTo(
                        "x_identity = Conv(x) {4x1x1x1 in 4 groups, 1x1}",
                        "conv = Conv(x)",
                        "y = Add(conv, x_identity)");
        beside(conv(4, 3, 3).padded(1, 1).groups(4))
                .rewritesTo(
                        "x_identity = Conv(x) {4x1x1x1 in 4 groups, 1x1}",
                        "conv = Conv(x)",
                        "y = Add(conv, x_identity)");
    }

    @Test
    void standsBesideAnyConvolutionWithATapAtThePosition() {
        beside(conv(4, 3, 1).paddedAsymmetrically(0, 0, 2, 0))
                .rewritesTo("x_identity = Conv(x)", "conv = Conv(x)", "y = Add(conv, x_identity)");
        beside(conv(4, 3, 3).padded(2, 2).dilation(2, 2))
                .rewritesTo("x_identity = Conv(x)", "conv = Conv(x)", "y = Add(conv, x_identity)");
        beside(conv(4, 1, 1).noBias())
                .rewritesTo("x_identity = Conv(x)", "conv = Conv(x)", "y = Add(conv, x_identity)");
        beside(conv(4, 3, 3).padded(1, 1).nhwc())
                .rewritesTo("x_identity = Conv(x)", "conv = Conv(x)", "y = Add(conv, x_identity)");
    }

    @Test
    void worksInOneAndThreeDimensions() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7);
                    g.output(g.sum("y", x, g.conv("conv", x, conv(4, 3).padded(1))));
                })
                .rewritesTo("conv = Conv(x)", "x_identity = Conv(x)", "y = Add(x_identity, conv)");
        on(g -> {
                    Value x = g.input("x", 2, 2, 3, 4, 5);
                    g.output(g.sum("y", x, g.conv("conv", x, conv(2, 3, 1, 3).padded(1, 0, 1))));
                })
                .rewritesTo("conv = Conv(x)", "x_identity = Conv(x)", "y = Add(x_identity, conv)");
    }

    @Test
    void findsItAnywhereInATreeOfSums() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value inner = g.sum("inner", g.relu("act", x), x);
                    g.output(g.sum("y", inner, g.conv("conv", x, conv(4, 3, 3).padded(1, 1))));
                })
                .rewritesTo(
                        "conv = Conv(x)", "act = Relu(x)", "x_identity = Conv(x)", "y = Add(act, x_identity, conv)");
    }

    @Test
    void writesAnInputThatIsAddedTwiceTwice() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    g.output(g.sum("y", x, g.conv("conv", x, conv(4, 3, 3).padded(1, 1)), x));
                })
                .rewritesTo(
                        "x_identity_2 = Conv(x)",
                        "conv = Conv(x)",
                        "x_identity = Conv(x)",
                        "y = Add(x_identity, conv, x_identity_2)");
    }

    @Test
    void givesOutNoNameTwice() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    g.output(g.relu("x_identity", x), g.relu("x_identity_1", x));
                    g.output(g.sum("y", x, g.conv("conv", x, conv(4, 3, 3).padded(1, 1)), x));
                })
                .rewritesTo(
                        "x_identity = Relu(x)",
                        "x_identity_1 = Relu(x)",
                        "x_identity_2_2 = Conv(x)",
                        "conv = Conv(x)",
                        "x_identity_2 = Conv(x)",
                        "y = Add(x_identity_2, conv, x_identity_2_2)");
    }

    @Test
    void leavesTheInputToItsOtherReaders() {
        on(g -> {
                    Value x = g.relu("x", g.input("in", 2, 4, 5, 6));
                    Value y = g.sum("y", g.conv("conv", x, conv(4, 3, 3).padded(1, 1)), x);
                    g.output(x, g.relu("act", x), g.relu("z", y), y);
                })
                .rewritesTo(
                        "x = Relu(in)",
                        "act = Relu(x)",
                        "x_identity = Conv(x)",
                        "conv = Conv(x)",
                        "y = Add(conv, x_identity)",
                        "z = Relu(y)");
    }

    @Test
    void declinesBesideAConvolutionOfAnotherSize() {
        on(g -> {
                    Value x = g.input("x", 2, 1, 5, 6);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 3, 3).padded(1, 1)), x));
                })
                .declines("y (Add): its operand x stays: conv (Conv) has 1 input but 4 output channels");
        on(g -> {
                    Value x = g.input("x", 2, 4, 1, 6);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 1, 3).padded(2, 1)), x));
                })
                .declines("y (Add): its operand x stays: no common kernel with conv (Conv) gives outputs of"
                        + " the same size (1x3, padding 2,1,2,1; 1x1)");
        on(g -> {
                    Value x = g.input("x", 2, 4, 1, 1);
                    g.output(g.sum(
                            "y", g.conv("conv", x, conv(4, 3, 3).padded(1, 1).stride(2, 2)), x));
                })
                .declines("y (Add): its operand x stays: no common kernel with conv (Conv) gives outputs of"
                        + " the same size (3x3, stride 2x2, padding 1,1,1,1; 1x1)");
    }

    @Test
    void declinesBesideAConvolutionWithoutATapAtThePosition() {
        beside(conv(4, 2, 2).dilation(2, 2).padded(1, 1))
                .declines("y (Add): its operand x stays: together with conv (Conv) one convolution would need 14"
                        + "4 multiply-adds per output position instead of 64, and 144 weights instead of 64; --a"
                        + "llow-cost (RepPass.allowingCost()) folds it all the same");
    }

    @Test
    void declinesAKernelThatHasNoRoomForOneMore() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 5, 6);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 1, 1).firstWeight(65504)), x));
                })
                .declines(
                        "y (Add): its operand x stays: added to the weights of conv (Conv), it may exceed what FLOAT16"
                                + " holds");
    }

    @Test
    void makesRoomForEachIdentity() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 5, 6);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 1, 1).firstWeight(65502)), x, x, x));
                })
                .rewritesTo(
                        "x_identity_2 = Conv(x)",
                        "x_identity = Conv(x)",
                        "conv = Conv(x)",
                        "y = Add(conv, x_identity, x_identity_2, x)");
    }

    @Test
    void isIgnoredWithoutAConvolutionOfItsOwn() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    g.output(g.sum(
                            "y", g.conv("conv", g.relu("act", x), conv(4, 3, 3).padded(1, 1)), x));
                })
                .isIgnored();
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value conv = g.conv("conv", x, conv(4, 3, 3).padded(1, 1));
                    g.output(g.sum("y", conv, x), conv);
                })
                .isIgnored();
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value conv = g.conv("conv", x, conv(4, 3, 3).padded(1, 1));
                    g.output(g.sum("y", conv, x, conv));
                })
                .isIgnored();
        beside(conv(4, 1, 1).firstWeight(Double.NaN)).isIgnored();
    }

    @Test
    void aSeparableConvolutionIsNoRoomForIt() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 8, 6, 5);
                    Value depthwise =
                            g.conv("dw", x, conv(8, 3, 3).groups(8).padded(1, 1).noBias());
                    g.output(g.sum("y", g.conv("pw", depthwise, conv(8, 1, 1)), x));
                })
                .doesNotFire();
    }

    @Test
    void hasTheShapeOfTheSumWhereTheFirstOpOfItsSiblingHasAnother() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 6, 5);
                    Value wide = g.conv("wide", x, conv(8, 1, 1).noBias());
                    Value chain = g.conv("chain", wide, conv(4, 3, 3).padded(1, 1));
                    g.output(g.sum("y", chain, g.conv("conv", x, conv(4, 3, 3).padded(1, 1)), x));
                })
                .rewritesTo(
                        "wide = Conv(x)",
                        "chain = Conv(wide)",
                        "conv = Conv(x)",
                        "x_identity = Conv(x)",
                        "y = Add(chain, conv, x_identity)");
    }
}
