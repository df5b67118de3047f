package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import org.junit.jupiter.api.Test;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.RuleAssert.OnGraph;

class AbsorbScaleIntoConvolutionTest {
    private static OnGraph onConvolution(ConvSpec spec, long... constantDims) {
        return assertThatRule(new AbsorbScaleIntoConvolution()).on(g -> {
            Value x = spec.isChannelsLast() ? g.input("x", 2, 6, 5, 4) : g.input("x", 2, 4, 6, 5);
            g.output(g.scale("mul", g.conv("conv", x, spec), constantDims));
        });
    }

    @Test
    void foldsAFactorPerChannel() {
        onConvolution(conv(6, 3, 3), 6, 1, 1).rewritesTo("mul = Conv(x) {6x4x3x3 with bias, 3x3}");
        onConvolution(conv(6, 3, 3).noBias(), 1, 6, 1, 1).rewritesTo("mul = Conv(x) {6x4x3x3, 3x3}");
        onConvolution(conv(6, 3, 3).nhwc(), 6).rewritesTo("mul = Conv(x)");
    }

    @Test
    void foldsOneFactorForAll() {
        onConvolution(conv(6, 3, 3)).rewritesTo("mul = Conv(x)");
        onConvolution(conv(6, 3, 3), 1).rewritesTo("mul = Conv(x)");
        onConvolution(conv(6, 3, 3), 1, 1, 1, 1).rewritesTo("mul = Conv(x)");
    }

    @Test
    void foldsIntoGroupsStridesAndTransposedConvolutions() {
        onConvolution(conv(8, 3, 1).groups(4).stride(2, 1).paddedAsymmetrically(0, 1, 1, 0), 8, 1, 1)
                .rewritesTo("mul = Conv(x)");
        assertThatRule(new AbsorbScaleIntoConvolution())
                .on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    g.output(g.scale(
                            "mul", g.transposedConv("deconv", x, conv(3, 2, 2).stride(2, 2), 0, 0), 3, 1, 1));
                })
                .rewritesTo("mul = ConvTranspose(x)");
    }

    @Test
    void foldsIntoLinearLayersOfAnyRank() {
        assertThatRule(new AbsorbScaleIntoConvolution())
                .on(g -> g.output(g.scale("mul", g.linear("fc", g.input("x", 2, 3, 4), 5), 5)))
                .rewritesTo("mul = Gemm(x)");
        assertThatRule(new AbsorbScaleIntoConvolution())
                .on(g -> {
                    Value flat = g.value("flat", Shape.unknown());
                    g.linear("fc", g.input("x", 2, 4), flat, 5);
                    g.output(g.scale("mul", flat, 5));
                })
                .rewritesTo("mul = Gemm(x)");
    }

    @Test
    void declinesAFactorAlongAnotherAxis() {
        // a vector of the width's size, which happens to be the number of channels
        onConvolution(conv(5, 1, 1), 5)
                .declines("mul (Mul): it works along axis -1, the channels of conv (Conv) lie along axis 1");
        onConvolution(conv(6, 1, 1), 6, 1)
                .declines("mul (Mul): it works along axis -2, the channels of conv (Conv) lie along axis 1");
        onConvolution(conv(2, 1, 1), 2, 1, 1, 1)
                .declines("mul (Mul): it works along axis -4, the channels of conv (Conv) lie along axis 1");
    }

    @Test
    void declinesAConstantThatRaisesTheRank() {
        assertThatRule(new AbsorbScaleIntoConvolution())
                .on(g -> {
                    Value y = g.linear("fc", g.input("x", 2, 4), 5);
                    Value raised = g.value("mul", Shape.of(1, 2, 5));
                    g.output(g.scale(raised, y, g.constant(1, 1, 1)));
                })
                .declines("mul (Mul): its constant has rank 3, more than the output of fc (Gemm) has");
        assertThatRule(new AbsorbScaleIntoConvolution())
                .on(g -> {
                    Value flat = g.value("flat", Shape.unknown());
                    g.linear("fc", g.input("x", 2, 4), flat, 5);
                    g.output(g.scale("mul", flat, g.constant(1, 5)));
                })
                .declines(
                        "mul (Mul): its constant has rank 2, more than the output of fc (Gemm), whose rank is not known");
    }

    @Test
    void declinesAConstantThatBroadcastsASingleChannel() {
        assertThatRule(new AbsorbScaleIntoConvolution())
                .on(g -> {
                    Value y = g.conv("conv", g.input("x", 2, 4, 5, 5), conv(1, 1, 1));
                    g.output(g.scale(g.value("mul", Shape.of(2, 3, 5, 5)), y, g.constant(3, 1, 1)));
                })
                .declines("mul (Mul): it has 3 channels, conv (Conv) writes 1");
    }

    @Test
    void declinesAConstantThatIsNotFinite() {
        assertThatRule(new AbsorbScaleIntoConvolution())
                .on(g -> {
                    Value y = g.conv("conv", g.input("x", 2, 4, 5, 5), conv(2, 1, 1));
                    g.output(g.scale("mul", y, new ChannelConstant(new double[] {1, Double.NaN}, -3, 3)));
                })
                .declines("mul (Mul): its constant is not finite");
    }

    @Test
    void declinesASecondReaderAndAnOutput() {
        assertThatRule(new AbsorbScaleIntoConvolution())
                .on(g -> {
                    Value y = g.conv("conv", g.input("x", 2, 4, 5, 5), conv(2, 1, 1));
                    g.output(g.scale("a", y), g.scale("b", y));
                })
                .declines(
                        "a (Mul): the output of conv (Conv) is also used by b (Mul)",
                        "b (Mul): the output of conv (Conv) is also used by a (Mul)");
        assertThatRule(new AbsorbScaleIntoConvolution())
                .on(g -> {
                    Value y = g.conv("conv", g.input("x", 2, 4, 5, 5), conv(2, 1, 1));
                    g.output(g.scale("a", y), y);
                })
                .declines("a (Mul): the output of conv (Conv) is an output of the graph; take"
                        + " conv off the graph's outputs");
    }
}
