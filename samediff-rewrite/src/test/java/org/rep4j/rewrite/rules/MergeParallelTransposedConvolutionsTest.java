package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class MergeParallelTransposedConvolutionsTest {
    private static final Integer[] NONE = {0, 0};

    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new MergeParallelTransposedConvolutions()).on(steps);
    }

    private static OnGraph onTwo(ConvSpec a, Integer[] outputPaddingOfA, ConvSpec b, Integer[] outputPaddingOfB) {
        return on(g -> {
            Value x = a.isChannelsLast() ? g.input("x", 2, 5, 6, 4) : g.input("x", 2, 4, 5, 6);
            g.output(g.sum(
                    "y", g.transposedConv("a", x, a, outputPaddingOfA), g.transposedConv("b", x, b, outputPaddingOfB)));
        });
    }

    @Test
    void addsUpEqualGeometries() {
        ConvSpec spec = conv(6, 3, 2).stride(2, 3).paddedAsymmetrically(1, 0, 0, 1);
        Integer[] padding = {1, 0};
        onTwo(spec, padding, spec, padding)
                .rewritesTo("y = ConvTranspose(x) {6x4x3x2 with bias, transposed, 3x2, stride 2x3, padding 1,0,0,1}");
        onTwo(conv(6, 2, 2).noBias(), NONE, conv(6, 2, 2).noBias(), NONE)
                .rewritesTo("y = ConvTranspose(x) {6x4x2x2, transposed, 2x2}");
    }

    @Test
    void addsUpGroupsAndChannelsLast() {
        ConvSpec grouped = conv(6, 3, 3).stride(2, 2).groups(2);
        onTwo(grouped, NONE, grouped, NONE).rewritesTo("y = ConvTranspose(x)");
        ConvSpec last = conv(3, 3, 2).stride(2, 1).nhwc();
        onTwo(last, NONE, last, NONE).rewritesTo("y = ConvTranspose(x)");
    }

    @Test
    void growsTheSmallerKernel() {
        onTwo(conv(3, 3, 3).stride(2, 2).padded(1, 1), NONE, conv(3, 1, 1).stride(2, 2), NONE)
                .rewritesTo("y = ConvTranspose(x) {3x4x3x3 with bias, transposed, 3x3, stride 2x2, padding 1,1,1,1}");
        onTwo(conv(3, 1, 3).padded(0, 1), NONE, conv(3, 3, 3).padded(1, 1), NONE)
                .rewritesTo("y = ConvTranspose(x) {3x4x3x3 with bias, transposed, 3x3, padding 1,1,1,1}");
        onTwo(conv(3, 2, 2).stride(2, 2), NONE, conv(3, 1, 1).stride(2, 2), new Integer[] {1, 1})
                .rewritesTo("y = ConvTranspose(x) {3x4x2x2 with bias, transposed, 2x2, stride 2x2}");
    }

    @Test
    void accountsForSigns() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    ConvSpec spec = conv(6, 3, 3).stride(2, 2);
                    Value a = g.transposedConv("a", x, spec, NONE);
                    Value b = g.transposedConv("b", x, spec, NONE);
                    Value inner = g.sum("inner", Term.minus(a), Term.plus(b));
                    g.output(g.sum("y", Term.minus(inner), Term.minus(g.transposedConv("c", x, spec, NONE))));
                })
                .rewritesTo("y = ConvTranspose(x)");
    }

    @Test
    void leavesOtherOperandsInPlace() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    ConvSpec spec = conv(6, 3, 3).padded(1, 1);
                    Value a = g.transposedConv("a", x, spec, NONE);
                    Value conv = g.conv("conv", x, spec);
                    Value b = g.transposedConv("b", x, spec, NONE);
                    g.output(g.sum("y", Term.plus(conv), Term.plus(a), Term.minus(g.relu("act", conv)), Term.plus(b)));
                })
                .rewritesTo("conv = Conv(x)", "act = Relu(conv)", "a = ConvTranspose(x)", "y = Add(conv, -act, a)");
    }

    @Test
    void isAnOutputLikeAnyOther() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value a = g.transposedConv("a", x, conv(3, 2, 2), NONE);
                    Value y = g.sum("y", a, g.transposedConv("b", x, conv(3, 2, 2), NONE));
                    g.output(y, g.relu("act", y));
                })
                .rewritesTo("y = ConvTranspose(x)", "act = Relu(y)");
    }

    @Test
    void declinesWhatCostsMoreUnlessAsked() {
        ConvSpec vertical = conv(3, 3, 1).padded(1, 0);
        ConvSpec horizontal = conv(3, 1, 3).padded(0, 1);
        onTwo(vertical, NONE, horizontal, NONE)
                .declines(
                        "y (Add): a (ConvTranspose) and b (ConvTranspose) read the same input, but one kernel for both"
                                + " would have 9 taps instead of 6 (3x1, padding 1,0,1,0; 1x3, padding 0,1,0,1)");
        assertThatRule(new MergeParallelTransposedConvolutions().allowingCost())
                .on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    g.output(g.sum(
                            "y", g.transposedConv("a", x, vertical, NONE), g.transposedConv("b", x, horizontal, NONE)));
                })
                .rewritesTo("y = ConvTranspose(x) {3x4x3x3 with bias, transposed, 3x3, padding 1,1,1,1}");
    }

    @Test
    void declinesOtherOutputSizes() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 1, 1);
                    Value a = g.transposedConv("a", x, conv(3, 2, 2).stride(2, 2), NONE);
                    Value b = g.transposedConv("b", x, conv(3, 2, 2).stride(3, 3), NONE);
                    g.output(g.sum("y", a, b));
                })
                .declines(
                        "y (Add): a (ConvTranspose) and b (ConvTranspose) read the same input, but no common kernel gives"
                                + " outputs of the same size (2x2, stride 2x2; 2x2, stride 3x3)");
    }

    @Test
    void declinesOtherKernels() {
        onTwo(conv(4, 2, 2), NONE, conv(4, 2, 2).groups(2), NONE)
                .declines("y (Add): a (ConvTranspose) and b (ConvTranspose) read the same input, but their kernels are"
                        + " 4x4x2x2 of FLOAT64 and 4x2x2x2 in 2 groups of FLOAT64");
    }

    @Test
    void declinesWhereSomebodyElseReadsAnOperand() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value a = g.transposedConv("a", x, conv(3, 2, 2), NONE);
                    g.output(a, g.sum("y", a, g.transposedConv("b", x, conv(3, 2, 2), NONE)));
                })
                .declines("y (Add): a (ConvTranspose) and b (ConvTranspose) read the same input, but the output of a"
                        + " (ConvTranspose) is an output of the graph");
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value b = g.transposedConv("b", x, conv(3, 2, 2), NONE);
                    Value a = g.transposedConv("a", x, conv(3, 2, 2), NONE);
                    g.output(g.sum("y", a, b), g.relu("act", b));
                })
                .declines("y (Add): a (ConvTranspose) and b (ConvTranspose) read the same input, but the output of b"
                        + " (ConvTranspose) is also used by act (Relu)");
        on(g -> {
                    Value a = g.transposedConv("a", g.input("x", 2, 4, 5, 6), conv(3, 2, 2), NONE);
                    g.output(g.sum("y", a, a));
                })
                .declines("y (Add): a (ConvTranspose) and a (ConvTranspose) read the same input, but the output of a"
                        + " (ConvTranspose) is added twice");
    }

    @Test
    void declinesASumThatOverflowsTheNumberFormat() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 5, 6);
                    ConvSpec large = conv(3, 2, 2).firstWeight(40000);
                    g.output(g.sum("y", g.transposedConv("a", x, large, NONE), g.transposedConv("b", x, large, NONE)));
                })
                .declines(
                        "y (Add): added up in a (ConvTranspose), the folded weights of output channel 0 reach 8.00e+04,"
                                + " more than FLOAT16 holds");
    }

    @Test
    void isIgnoredWhereInputsDiffer() {
        on(g -> {
                    Value a = g.transposedConv("a", g.input("x", 2, 4, 5, 6), conv(3, 2, 2), NONE);
                    g.output(g.sum("y", a, g.transposedConv("b", g.input("z", 2, 4, 5, 6), conv(3, 2, 2), NONE)));
                })
                .isIgnored();
    }
}
