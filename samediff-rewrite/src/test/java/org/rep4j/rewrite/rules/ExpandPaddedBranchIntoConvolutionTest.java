package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatPass;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class ExpandPaddedBranchIntoConvolutionTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new ExpandPaddedBranchIntoConvolution()).on(steps);
    }

    /** ACNet without padding: the vertical and the horizontal kernel read a crop. */
    private static Consumer<GraphFixtures> acNet(int stride, int dilation) {
        return g -> {
            Value x = g.input("x", 2, 4, 11, 13);
            ConvSpec square = conv(6, 3, 3).stride(stride, stride).dilation(dilation, dilation);
            ConvSpec vertical = conv(6, 3, 1).stride(stride, stride).dilation(dilation, 1);
            ConvSpec horizontal = conv(6, 1, 3).stride(stride, stride).dilation(1, dilation);
            Value narrow = g.pad("narrow", x, 0, 0, 0, 0, -dilation, 0, 0, 0, -dilation);
            Value low = g.pad("low", x, 0, 0, 0, -dilation, 0, 0, 0, -dilation, 0);
            g.output(g.sum(
                    "y",
                    g.batchNorm("bn", g.conv("square", x, square)),
                    g.batchNorm("bnv", g.conv("vertical", narrow, vertical)),
                    g.batchNorm("bnh", g.conv("horizontal", low, horizontal))));
        };
    }

    @Test
    void putsTheTapsOfACroppedBranchInTheirPlace() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value crop = g.pad("crop", x, 0, 0, 0, 0, -2, 0, 0, 0, 0);
                    g.output(g.sum("y", g.conv("conv", x, conv(6, 3, 3)), g.conv("low", crop, conv(6, 3, 1))));
                })
                .rewritesTo("conv = Conv(x)", "low = Conv(x) {6x4x3x3 with bias, 3x3}", "y = Add(conv, low)");
    }

    @Test
    void mergesAcNetThatPadsLessThanHalfAKernel() {
        assertThatPass().on(acNet(1, 1)).rewritesTo("y = Conv(x) {6x4x3x3 with bias, 3x3}");
        assertThatPass().on(acNet(2, 1)).rewritesTo("y = Conv(x) {6x4x3x3 with bias, 3x3, stride 2x2}");
        assertThatPass().on(acNet(1, 2)).rewritesTo("y = Conv(x) {6x4x3x3 with bias, 3x3, dilation 2x2}");
    }

    @Test
    void takesACropOfTheInputItself() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value crop = g.pad("crop", x, 0, 0, 0, -1, -1, 0, 0, -1, -1);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 3, 3).groups(2)), crop));
                })
                .rewritesTo("y = Conv(x) {4x2x3x3 in 2 groups with bias, 3x3}");
    }

    @Test
    void takesAPaddingOfTheInputItself() {
        assertThatPass()
                .on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value padded = g.pad("padded", x, 0, 0, 0, 1, 0, 0, 0, 0, 0);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 2, 1).paddedAsymmetrically(1, 0, 1, 0)), padded));
                })
                .rewritesTo("y = Conv(x) {4x4x2x1 with bias, 2x1, padding 1,0,1,0}");
    }

    @Test
    void isIgnoredWhereEachBranchReadsACrop() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value one = g.pad("one", x, 0, 0, 0, -1, 0, 0, 0, 0, 0);
                    Value other = g.pad("other", x, 0, 0, 0, -1, 0, 0, 0, 0, 0);
                    g.output(g.sum("y", g.conv("a", one, conv(4, 3, 3)), g.conv("b", other, conv(4, 3, 3))));
                })
                .isIgnored();
    }

    @Test
    void declinesAPaddingBehindACrop() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value crop = g.pad("crop", x, 0, 0, 0, -1, 0, 0, 0, 0, 0);
                    Value low = g.conv("low", crop, conv(4, 3, 3).paddedAsymmetrically(1, 1, 1, 1));
                    g.output(g.sum(
                            "y", g.conv("conv", x, conv(4, 2, 3).padded(0, 1).paddedAsymmetrically(0, 1, 0, 1)), low));
                })
                .declines(
                        "y (Add): its operand low (Conv) stays: low (Conv) pads, and before it an op with several taps"
                                + " (or a crop) on the same axis sees other values there than zeros; put the padding before that"
                                + " op");
    }

    @Test
    void declinesAFillThatIsNotZero() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value padded = g.pad("padded", x, 0.5, 0, 0, 1, 1, 0, 0, 1, 1);
                    g.output(g.sum(
                            "y",
                            g.conv("conv", x, conv(4, 3, 3).padded(1, 1)),
                            g.conv("other", padded, conv(4, 3, 3))));
                })
                .declines(
                        "y (Add): its operand other (Conv) stays: padded (Pad) pads with other constants than the bias"
                                + " (the BatchNorm's shift) before it; pad with that bias");
    }

    @Test
    void declinesAxesThatAreNotSpatial() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value crop = g.pad("crop", x, 0, 0, -1, 0, 0, 0, 0, 0, 0);
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 3, 3)), g.conv("other", crop, conv(4, 3, 3))));
                })
                .declines("y (Add): its operand other (Conv) stays: crop (Pad) pads axis 1, which is not spatial");
    }
}
