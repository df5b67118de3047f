package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import org.junit.jupiter.api.Test;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.RuleAssert.OnGraph;

class AbsorbPadIntoConvolutionTest {
    private static OnGraph onPadded(ConvSpec spec, double fill, Integer... beginThenEnd) {
        return assertThatRule(new AbsorbPadIntoConvolution()).on(g -> {
            Value x = spec.isChannelsLast() ? g.input("x", 2, 7, 8, 4) : g.input("x", 2, 4, 7, 8);
            g.output(g.conv("conv", g.pad("pad", x, fill, beginThenEnd), spec));
        });
    }

    @Test
    void addsUpPaddings() {
        onPadded(conv(3, 3, 3), 0, 0, 0, 1, 1, 0, 0, 1, 1)
                .rewritesTo("conv = Conv(x) {3x4x3x3 with bias, 3x3, padding 1,1,1,1}");
        onPadded(conv(6, 1, 3).groups(2).paddedAsymmetrically(0, 1, 2, 0), 0, 0, 0, 1, 2, 0, 0, 3, 4)
                .rewritesTo("conv = Conv(x) {6x2x1x3 in 2 groups with bias, 1x3, padding 1,3,5,4}");
    }

    @Test
    void knowsWhereChannelsAreLast() {
        onPadded(conv(3, 3, 3).nhwc().stride(2, 2), 0, 0, 0, 1, 0, 0, 1, 2, 0)
                .rewritesTo("conv = Conv(x) {3x4x3x3 with bias, 3x3, stride 2x2, padding 0,1,1,2}");
    }

    @Test
    void worksInOneAndThreeDimensions() {
        assertThatRule(new AbsorbPadIntoConvolution())
                .on(g -> g.output(g.conv("conv", g.pad("pad", g.input("x", 2, 3, 7), 0, 0, 0, 2, 0, 0, 1), conv(2, 3))))
                .rewritesTo("conv = Conv(x)");
        assertThatRule(new AbsorbPadIntoConvolution())
                .on(g -> {
                    Value pad = g.pad("pad", g.input("x", 2, 3, 3, 4, 2), 0, 0, 0, 1, 0, 2, 0, 0, 0, 1, 1);
                    g.output(g.conv("conv", pad, conv(2, 2, 2, 2)));
                })
                .rewritesTo("conv = Conv(x)");
    }

    @Test
    void leavesThePadToOtherReaders() {
        assertThatRule(new AbsorbPadIntoConvolution())
                .on(g -> {
                    Value pad = g.pad("pad", g.input("x", 2, 4, 7, 8), 0, 0, 0, 1, 1, 0, 0, 1, 1);
                    g.output(g.conv("conv", pad, conv(2, 3, 3)), g.relu("act", pad));
                })
                .rewritesTo("pad = Pad(x)", "act = Relu(pad)", "conv = Conv(x)");
    }

    @Test
    void servesEachConvolutionOfTheSamePadAndChainsOfPads() {
        assertThatRule(new AbsorbPadIntoConvolution())
                .on(g -> {
                    Value pad = g.pad("pad", g.input("x", 2, 4, 7, 8), 0, 0, 0, 1, 1, 0, 0, 1, 1);
                    g.output(g.conv("a", pad, conv(2, 3, 3)), g.conv("b", pad, conv(2, 1, 1)));
                })
                .rewritesTo("a = Conv(x)", "b = Conv(x)");
        assertThatRule(new AbsorbPadIntoConvolution())
                .on(g -> {
                    Value pad = g.pad("pad1", g.input("x", 2, 4, 7, 8), 0, 0, 0, 1, 1, 0, 0, 1, 1);
                    g.output(g.conv("a", g.pad("pad2", pad, 0, 0, 0, 2, 0, 0, 0, 0, 2), conv(2, 3, 3)));
                })
                .rewritesTo("a = Conv(x) {2x4x3x3 with bias, 3x3, padding 3,1,1,3}");
    }

    @Test
    void declinesWhatIsNotZeroPadding() {
        onPadded(conv(3, 3, 3), 0.5, 0, 0, 1, 1, 0, 0, 1, 1)
                .declines("conv (Conv): pad (Pad) before it fills in 0.5, a convolution pads with zeros");
        onPadded(conv(3, 3, 3), 0, 0, 0, 1, -1, 0, 0, 1, 1)
                .declines("conv (Conv): pad (Pad) before it cuts off elements");
        onPadded(conv(3, 3, 3), 0, 0, 1, 1, 1, 0, 0, 1, 1)
                .declines("conv (Conv): pad (Pad) before it pads axis 1, which is not spatial");
        onPadded(conv(3, 3, 3).nhwc(), 0, 0, 1, 1, 0, 0, 1, 1, 1)
                .declines("conv (Conv): pad (Pad) before it pads axis 3, which is not spatial");
    }

    @Test
    void declinesWherePaddingDependsOnTheSize() {
        onPadded(conv(3, 3, 3).stride(2, 2).autoPadded(AutoPad.SAME_UPPER), 0, 0, 0, 1, 1, 0, 0, 1, 1)
                .declines("conv (Conv): its padding SAME_UPPER depends on an input size that is not known");
    }

    @Test
    void declinesAPadOfAnotherRank() {
        assertThatRule(new AbsorbPadIntoConvolution())
                .on(g -> {
                    Value x = g.input("x", 2, 4, 7, 8);
                    g.conv("conv", g.pad("pad", x, 0, 1, 1), conv(2, 3, 3));
                    g.output(x);
                })
                .declines("conv (Conv): pad (Pad) before it pads 1 axes of 4");
    }

    @Test
    void declinesMoreThanAnyConvolutionHas() {
        assertThatRule(new AbsorbPadIntoConvolution())
                .on(g -> {
                    Value x = g.input("x", 2, 4, 7, 8);
                    g.conv(
                            "conv",
                            g.pad("pad", x, 0, 0, 0, ConvAxis.FURTHEST, 0, 0, 0, 0, 0),
                            conv(2, 3, 3).padded(1, 1));
                    g.output(x);
                })
                .declines("conv (Conv): pad (Pad) before it pads 1048576 elements, too many for a convolution");
    }
}
