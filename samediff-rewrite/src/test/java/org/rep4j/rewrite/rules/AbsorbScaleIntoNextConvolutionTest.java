package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class AbsorbScaleIntoNextConvolutionTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new AbsorbScaleIntoNextConvolution()).on(steps);
    }

    private static OnGraph onConvolution(ConvSpec spec, long... constantDims) {
        return on(g -> {
            Value x = spec.isChannelsLast() ? g.input("x", 2, 5, 6, 4) : g.input("x", 2, 4, 5, 6);
            g.output(g.conv("conv", g.scale("mul", x, constantDims), spec));
        });
    }

    @Test
    void foldsAConstantPerChannelIntoPaddedConvolutions() {
        onConvolution(conv(6, 3, 3).padded(1, 1), 4, 1, 1)
                .rewritesTo("conv = Conv(x) {6x4x3x3 with bias, 3x3, padding 1,1,1,1}");
        onConvolution(
                        conv(6, 1, 3)
                                .paddedAsymmetrically(0, 2, 1, 0)
                                .stride(1, 2)
                                .groups(2),
                        1,
                        4,
                        1,
                        1)
                .rewritesTo("conv = Conv(x)");
        onConvolution(conv(4, 3, 2).groups(4).noBias(), 4, 1, 1)
                .rewritesTo("conv = Conv(x) {4x1x3x2 in 4 groups, 3x2}");
        onConvolution(conv(6, 3, 3).nhwc().padded(1, 0), 4).rewritesTo("conv = Conv(x)");
    }

    @Test
    void foldsOneNumberForAllChannels() {
        onConvolution(conv(6, 3, 3).padded(2, 1)).rewritesTo("conv = Conv(x)");
        onConvolution(conv(6, 3, 3).padded(2, 1), 1, 1, 1, 1).rewritesTo("conv = Conv(x)");
    }

    @Test
    void foldsIntoLinearLayersAndTransposedConvolutions() {
        on(g -> g.output(g.linear("fc", g.scale("mul", g.input("x", 3, 2, 4), 4), 5)))
                .rewritesTo("fc = Gemm(x)");
        on(g -> {
                    Value mul = g.scale("mul", g.input("x", 2, 4, 5, 6), 4, 1, 1);
                    ConvSpec spec =
                            conv(6, 3, 2).stride(2, 3).padded(1, 0).groups(2).noBias();
                    g.output(g.transposedConv("up", mul, spec, 1, 0));
                })
                .rewritesTo("up = ConvTranspose(x)");
    }

    @Test
    void foldsIntoEachOfItsReaders() {
        on(g -> {
                    Value mul = g.scale("mul", g.input("x", 2, 4, 5, 6), 4, 1, 1);
                    Value a = g.conv("a", mul, conv(6, 3, 3).padded(1, 1));
                    g.output(a, g.relu("act", a), g.conv("b", mul, conv(6, 1, 1)));
                })
                .rewritesTo("a = Conv(x)", "act = Relu(a)", "b = Conv(x)");
    }

    @Test
    void foldsChains() {
        on(g -> {
                    Value mul = g.scale("m2", g.scale("m1", g.input("x", 2, 4, 5, 6)), 4, 1, 1);
                    g.output(g.conv("conv", mul, conv(6, 3, 3).padded(1, 1)));
                })
                .rewritesTo("conv = Conv(x)");
    }

    @Test
    void declinesWhereAnotherReaderCannotTakeItIn() {
        on(g -> {
                    Value mul = g.scale("mul", g.input("x", 2, 4, 5, 6), 4, 1, 1);
                    g.output(g.conv("conv", mul, conv(6, 1, 1)), g.relu("act", mul));
                })
                .declines("mul (Mul): its output is also used by act (Relu)");
        on(g -> {
                    Value mul = g.scale("mul", g.input("x", 2, 4, 5, 6), 4, 1, 1);
                    g.output(mul, g.conv("conv", mul, conv(6, 1, 1)));
                })
                .declines("mul (Mul): its output is an output of the graph; take mul off the graph's outputs");
    }

    @Test
    void declinesConstantsOfAnotherAxis() {
        onConvolution(conv(6, 1, 1), 6).declines("mul (Mul): it has 6 channels, conv (Conv) reads 4");
        on(g -> g.output(g.conv("conv", g.scale("mul", g.input("x", 2, 4, 5, 4), 4), conv(6, 1, 1))))
                .declines("mul (Mul): it works along axis -1, the channels of conv (Conv) lie along axis 1");
    }

    @Test
    void declinesConstantsThatMayStretchTheirInput() {
        on(g -> {
                    Value mul = g.value("mul", Shape.of(2, 4, 5, 6));
                    g.scale(mul, g.input("x", 2, 1, 5, 6), g.constant(4, 1, 1));
                    g.output(g.conv("conv", mul, conv(6, 1, 1)));
                })
                .declines("mul (Mul): it has 4 constants, x has 1 channels");
        on(g -> {
                    Value mul = g.value("mul", Shape.of(2, 6, 5, 4));
                    g.scale(mul, g.input("x", 2, -1, 5, 4), g.constant(6, 1, 1));
                    g.output(g.conv("conv", mul, conv(6, 1, 1)));
                })
                .declines("mul (Mul): it has 6 constants, the number of channels of x is not known");
        on(g -> {
                    Value mul = g.value("mul", Shape.of(1, 4, 5, 6));
                    g.scale(mul, g.input("x", 4, 5, 6), new ChannelConstant(new double[] {2}, 0, 4));
                    g.output(g.conv("conv", mul, conv(6, 1, 1)));
                })
                .declines("mul (Mul): its constant has rank 4, x has rank 3");
        on(g -> {
                    Value act = g.value("act", Shape.unknown());
                    g.opaque(act, "Relu", g.input("x", 2, 4, 5, 6));
                    Value mul = g.value("mul", Shape.of(2, 4, 5, 6));
                    g.output(g.conv("conv", g.scale(mul, act, g.constant(1, 1, 1)), conv(6, 1, 1)));
                })
                .declines("mul (Mul): its constant has rank 3, the rank of act is not known");
    }

    @Test
    void declinesConstantsThatAreNotFinite() {
        on(g -> {
                    Value mul =
                            g.scale("mul", g.input("x", 2, 4, 5, 6), ChannelConstant.scalar(Double.POSITIVE_INFINITY));
                    g.output(g.conv("conv", mul, conv(6, 1, 1)));
                })
                .declines("mul (Mul): its constant is not finite");
    }

    @Test
    void declinesWeightsThatOverflowTheNumberFormat() {
        on(g -> {
                    Value mul = g.scale(
                            "mul", g.type(ElementType.FLOAT16).input("x", 2, 4, 5, 6), ChannelConstant.scalar(2));
                    g.output(g.conv("conv", mul, conv(6, 1, 1).firstWeight(60000)));
                })
                .declines(
                        "mul (Mul): folded into conv (Conv), the folded weights of output channel 0 reach 1.20e+05, more"
                                + " than FLOAT16 holds; convert the model to FLOAT32");
    }

    @Test
    void isIgnoredWhereTheConvolutionBeforeItTakesItIn() {
        on(g -> {
                    Value first = g.conv("first", g.input("x", 2, 3, 7, 9), conv(4, 3, 3));
                    g.output(g.conv("conv", g.scale("mul", first, 4, 1, 1), conv(4, 1, 1)));
                })
                .isIgnored();
    }
}
