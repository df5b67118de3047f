package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import org.junit.jupiter.api.Test;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.RuleAssert.OnGraph;

class GrowKernelToSiblingTest {
    private static OnGraph branches(long height, long width, ConvSpec... specs) {
        return assertThatRule(new GrowKernelToSibling()).on(g -> {
            Value x = specs[0].isChannelsLast() ? g.input("x", 2, height, width, 4) : g.input("x", 2, 4, height, width);
            Value[] branches = new Value[specs.length];
            for (int i = 0; i < specs.length; i++) {
                branches[i] = g.conv("conv" + (i + 1), x, specs[i]);
            }
            g.output(g.sum("y", branches));
        });
    }

    private static OnGraph branches(ConvSpec... specs) {
        return branches(7, 9, specs);
    }

    @Test
    void growsAPointToTheCentre() {
        branches(conv(6, 3, 3).padded(1, 1), conv(6, 1, 1))
                .rewritesTo(
                        "conv2 = Conv(x) {6x4x3x3 with bias, 3x3, padding 1,1,1,1}",
                        "conv1 = Conv(x)",
                        "y = Add(conv1, conv2)");
        branches(conv(6, 1, 1).noBias().groups(2), conv(6, 3, 3).padded(1, 1).groups(2))
                .rewritesTo(
                        "conv2 = Conv(x)",
                        "conv1 = Conv(x) {6x2x3x3 in 2 groups, 3x3, padding 1,1,1,1}",
                        "y = Add(conv1, conv2)");
    }

    @Test
    void growsAPointToWhereThePaddingSays() {
        branches(conv(6, 3, 3).paddedAsymmetrically(0, 2, 2, 0), conv(6, 1, 1))
                .rewritesTo(
                        "conv2 = Conv(x) {6x4x3x3 with bias, 3x3, padding 0,2,2,0}",
                        "conv1 = Conv(x)",
                        "y = Add(conv1, conv2)");
        branches(
                        conv(6, 2, 2).paddedAsymmetrically(0, 1, 1, 0).nhwc(),
                        conv(6, 1, 1).nhwc())
                .rewritesTo("conv2 = Conv(x)", "conv1 = Conv(x)", "y = Add(conv1, conv2)");
    }

    @Test
    void growsWithStrides() {
        branches(conv(6, 3, 3).padded(1, 1).stride(2, 2), conv(6, 1, 1).stride(2, 2))
                .rewritesTo("conv2 = Conv(x)", "conv1 = Conv(x)", "y = Add(conv1, conv2)");
    }

    /** TensorFlow's SAME with stride 2 and an even size: the 1×1 reads what the first tap of the 3×3 reads, not the centre. */
    @Test
    void growsAPointOffTheCentreWhereTheSizeIsKnown() {
        branches(
                        8,
                        10,
                        conv(6, 3, 3).paddedAsymmetrically(0, 0, 1, 1).stride(2, 2),
                        conv(6, 1, 1).stride(2, 2))
                .rewritesTo(
                        "conv2 = Conv(x) {6x4x3x3 with bias, 3x3, stride 2x2, padding 0,0,1,1}",
                        "conv1 = Conv(x)",
                        "y = Add(conv1, conv2)");
        branches(
                        -1,
                        -1,
                        conv(6, 3, 3).paddedAsymmetrically(0, 0, 1, 1).stride(2, 2),
                        conv(6, 1, 1).stride(2, 2))
                .isIgnored();
        branches(
                        -1,
                        -1,
                        conv(6, 3, 3).autoPadded(AutoPad.SAME_UPPER).stride(2, 2),
                        conv(6, 1, 1).autoPadded(AutoPad.SAME_UPPER).stride(2, 2))
                .isIgnored();
    }

    @Test
    void growsStripsToACommonSquare() {
        branches(
                        conv(6, 3, 3).padded(1, 1),
                        conv(6, 1, 3).padded(0, 1),
                        conv(6, 3, 1).padded(1, 0))
                .rewritesTo("conv3 = Conv(x)", "conv2 = Conv(x)", "conv1 = Conv(x)", "y = Add(conv1, conv2, conv3)");
    }

    @Test
    void growsBothWhereNeitherHoldsTheOther() {
        branches(conv(6, 1, 2).paddedAsymmetrically(0, 1, 0, 0), conv(6, 1, 2).paddedAsymmetrically(0, 0, 0, 1))
                .rewritesTo(
                        "conv2 = Conv(x) {6x4x1x3 with bias, 1x3, padding 0,1,0,1}",
                        "conv1 = Conv(x) {6x4x1x3 with bias, 1x3, padding 0,1,0,1}",
                        "y = Add(conv1, conv2)");
    }

    @Test
    void growsDilatedKernelsBetweenTheirTaps() {
        branches(
                        conv(4, 5, 5).padded(2, 2).groups(4),
                        conv(4, 3, 3).padded(2, 2).dilation(2, 2).groups(4))
                .rewritesTo(
                        "conv2 = Conv(x) {4x1x5x5 in 4 groups with bias, 5x5, padding 2,2,2,2}",
                        "conv1 = Conv(x)",
                        "y = Add(conv1, conv2)");
        branches(conv(4, 3, 3).padded(3, 3).dilation(3, 3), conv(4, 1, 1))
                .rewritesTo(
                        "conv2 = Conv(x) {4x4x3x3 with bias, 3x3, dilation 3x3, padding 3,3,3,3}",
                        "conv1 = Conv(x)",
                        "y = Add(conv1, conv2)");
    }

    @Test
    void growsInOneAndThreeDimensions() {
        assertThatRule(new GrowKernelToSibling())
                .on(g -> {
                    Value x = g.input("x", 2, 3, 9);
                    g.output(g.sum(
                            "y",
                            g.conv("a", x, conv(2, 5).padded(2)),
                            g.conv("b", x, conv(2, 2).paddedAsymmetrically(1, 0))));
                })
                .rewritesTo("b = Conv(x) {2x3x5 with bias, 5, padding 2,2}", "a = Conv(x)", "y = Add(a, b)");
        assertThatRule(new GrowKernelToSibling())
                .on(g -> {
                    Value x = g.input("x", 1, 2, 4, 5, 3);
                    Value a = g.conv("a", x, conv(2, 3, 3, 1).padded(1, 1, 0));
                    g.output(g.sum("y", a, g.conv("b", x, conv(2, 1, 3, 1).padded(0, 1, 0))));
                })
                .rewritesTo("b = Conv(x)", "a = Conv(x)", "y = Add(a, b)");
    }

    @Test
    void isIgnoredWhereGrowingWouldCost() {
        branches(conv(6, 1, 3).padded(0, 1), conv(6, 3, 1).padded(1, 0)).isIgnored();
        branches(conv(6, 3, 3).padded(3, 3).dilation(3, 3), conv(6, 3, 3).padded(1, 1))
                .isIgnored();
    }

    @Test
    void isIgnoredWhereBranchesDiffer() {
        branches(3, 1, conv(4, 3, 1).padded(1, 0), conv(4, 1, 1).padded(0, 1).stride(1, 3))
                .isIgnored();
    }

    @Test
    void givesAFinerKernelTheGroupsOfItsSibling() {
        branches(conv(4, 3, 3).padded(1, 1), conv(4, 1, 1).groups(2))
                .rewritesTo(
                        "conv1 = Conv(x)",
                        "conv2 = Conv(x) {4x4x3x3 with bias, 3x3, padding 1,1,1,1}",
                        "y = Add(conv1, conv2)");
        branches(conv(4, 3, 1).padded(1, 0).groups(2), conv(4, 1, 1).groups(4))
                .rewritesTo(
                        "conv1 = Conv(x) {4x2x3x1 in 2 groups with bias, 3x1, padding 1,0,1,0}",
                        "conv2 = Conv(x) {4x2x3x1 in 2 groups with bias, 3x1, padding 1,0,1,0}",
                        "y = Add(conv1, conv2)");
    }

    @Test
    void isIgnoredWhereABranchIsReadElsewhere() {
        assertThatRule(new GrowKernelToSibling())
                .on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value point = g.conv("point", x, conv(4, 1, 1));
                    g.output(g.sum("y", g.conv("conv", x, conv(4, 3, 3).padded(1, 1)), point), g.relu("act", point));
                })
                .isIgnored();
    }

    @Test
    void isIgnoredWhereTheMergeWouldOverflow() {
        assertThatRule(new GrowKernelToSibling())
                .on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 7, 9);
                    Value conv = g.conv("conv", x, conv(4, 3, 3).padded(1, 1).firstWeight(40000));
                    g.output(g.sum("y", conv, g.conv("point", x, conv(4, 1, 1).firstWeight(40000))));
                })
                .isIgnored();
    }
}
