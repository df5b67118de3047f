package org.rep4j.rewrite.rules;

import static org.rep4j.graph.Sum.Term.minus;
import static org.rep4j.graph.Sum.Term.plus;
import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Shape;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class MergeParallelConvolutionsTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new MergeParallelConvolutions()).on(steps);
    }

    private static OnGraph branches(ConvSpec a, ConvSpec b) {
        return on(g -> {
            Value x = a.isChannelsLast() ? g.input("x", 2, 7, 9, 4) : g.input("x", 2, 4, 7, 9);
            g.output(g.sum("y", g.conv("a", x, a), g.conv("b", x, b)));
        });
    }

    @Test
    void addsUpKernelsAndBiases() {
        branches(conv(6, 3, 3).padded(1, 1), conv(6, 3, 3).padded(1, 1))
                .rewritesTo("y = Conv(x) {6x4x3x3 with bias, 3x3, padding 1,1,1,1}");
        branches(conv(6, 3, 3).noBias(), conv(6, 3, 3)).rewritesTo("y = Conv(x) {6x4x3x3 with bias, 3x3}");
        branches(conv(6, 3, 3).noBias(), conv(6, 3, 3).noBias()).rewritesTo("y = Conv(x) {6x4x3x3, 3x3}");
    }

    @Test
    void addsUpAnyGeometry() {
        branches(
                        conv(8, 1, 3).groups(4).stride(2, 1).dilation(1, 2).paddedAsymmetrically(0, 1, 1, 3),
                        conv(8, 1, 3).groups(4).stride(2, 1).dilation(1, 2).paddedAsymmetrically(0, 1, 1, 3))
                .rewritesTo("y = Conv(x)");
        branches(conv(5, 2, 2).nhwc(), conv(5, 2, 2).nhwc()).rewritesTo("y = Conv(x)");
        branches(
                        conv(5, 3, 3).stride(2, 2).autoPadded(AutoPad.SAME_LOWER),
                        conv(5, 3, 3).stride(2, 2).autoPadded(AutoPad.SAME_LOWER))
                .rewritesTo("y = Conv(x) {5x4x3x3 with bias, 3x3, stride 2x2, padding SAME_LOWER}");
    }

    @Test
    void addsUpInOneAndThreeDimensions() {
        on(g -> {
                    Value x = g.input("x", 2, 3, 9);
                    g.output(g.sum("y", g.conv("a", x, conv(2, 5)), g.conv("b", x, conv(2, 5))));
                })
                .rewritesTo("y = Conv(x)");
        on(g -> {
                    Value x = g.input("x", 1, 2, 4, 5, 3);
                    g.output(g.sum("y", g.conv("a", x, conv(2, 2, 3, 1)), g.conv("b", x, conv(2, 2, 3, 1))));
                })
                .rewritesTo("y = Conv(x)");
    }

    @Test
    void keepsOperandsThatDoNotFit() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value inner = g.sum("inner", g.conv("a", x, conv(4, 1, 1)), g.relu("act", x));
                    Value other = g.conv("other", g.relu("r", x), conv(4, 1, 1));
                    g.output(g.sum("y", g.sum("s", inner, x), g.sum("t", other, g.conv("b", x, conv(4, 1, 1)))));
                })
                .rewritesTo(
                        "r = Relu(x)", "act = Relu(x)", "other = Conv(r)", "a = Conv(x)", "y = Add(a, act, x, other)");
    }

    @Test
    void makesSeveralConvolutionsOfSeveralInputs() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value z = g.input("z", 2, 3, 5, 6);
                    Value left = g.sum("left", g.conv("a", x, conv(4, 1, 1)), g.conv("c", z, conv(4, 1, 1)));
                    Value right = g.sum("right", g.conv("b", x, conv(4, 1, 1)), g.conv("d", z, conv(4, 1, 1)));
                    g.output(g.sum("y", left, right));
                })
                .rewritesTo("c = Conv(z)", "a = Conv(x)", "y = Add(a, c)");
    }

    @Test
    void mergesWhereTheSumIsReadTwiceAndIsAnOutput() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value y = g.sum("y", g.conv("a", x, conv(4, 1, 1)), g.conv("b", x, conv(4, 1, 1)));
                    g.output(y, g.relu("r", y), g.sum("z", y, y));
                })
                .rewritesTo("y = Conv(x)", "r = Relu(y)", "z = Add(y, y)");
    }

    @Test
    void stopsAtAnInnerSumThatIsReadElsewhere() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value inner = g.sum("inner", g.conv("a", x, conv(4, 1, 1)), g.conv("b", x, conv(4, 1, 1)));
                    g.output(g.sum("y", inner, g.conv("c", x, conv(4, 1, 1))), g.relu("r", inner));
                })
                .rewritesTo("c = Conv(x)", "inner = Conv(x)", "r = Relu(inner)", "y = Add(inner, c)");
    }

    @Test
    void keepsOperandsThatBroadcast() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value perChannel = g.input("offset", 1, 4, 1, 1);
                    Value inner = g.sum("inner", g.conv("a", x, conv(4, 1, 1)), perChannel);
                    g.output(g.sum("y", inner, g.conv("b", x, conv(4, 1, 1))));
                })
                .rewritesTo("a = Conv(x)", "y = Add(a, offset)");
    }

    @Test
    void mergesAConvolutionThatBroadcasts() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 1, 1);
                    Value large = g.input("large", 2, 4, 5, 6);
                    Value inner = g.sum("inner", large, g.conv("a", x, conv(4, 1, 1)));
                    g.output(g.sum("y", inner, g.conv("b", x, conv(4, 1, 1))));
                })
                .rewritesTo("a = Conv(x)", "y = Add(large, a)");
    }

    @Test
    void declinesTheSameValueTwice() {
        on(g -> {
                    Value conv = g.conv("a", g.input("x", 2, 4, 5, 6), conv(4, 1, 1));
                    g.output(g.sum("y", conv, conv));
                })
                .declines("y (Add): the output of a (Conv) is added twice");
        on(g -> {
                    Value conv = g.conv("a", g.input("x", 2, 4, 5, 6), conv(4, 1, 1));
                    g.output(g.sum("y", g.sum("inner", conv, g.relu("r", conv)), conv));
                })
                .declines("y (Add): the output of a (Conv) is also used by r (Relu)");
    }

    @Test
    void declinesBranchesThatAreReadElsewhere() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value shared = g.conv("shared", x, conv(4, 1, 1));
                    g.output(g.sum("y", g.conv("a", x, conv(4, 1, 1)), shared), g.relu("r", shared));
                })
                .declines("y (Add): the output of shared (Conv) is also used by r (Relu)");
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value shared = g.conv("shared", x, conv(4, 1, 1));
                    g.output(g.sum("y", shared, g.conv("a", x, conv(4, 1, 1))), shared);
                })
                .declines("y (Add): the output of shared (Conv) is an output of the graph");
    }

    @Test
    void explainsAnIdentityBesideAConvolutionThatIsReadElsewhere() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value shared = g.conv("shared", x, conv(4, 1, 1));
                    g.output(g.sum("y", shared, x), g.relu("r", shared));
                })
                .declines("y (Add): the output of shared (Conv) is also used by r (Relu)");
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    Value shared = g.conv("shared", x, conv(4, 1, 1));
                    g.output(g.sum("y", shared, g.batchNorm("bn", x)), shared);
                })
                .declines("y (Add): the output of shared (Conv) is an output of the graph");
    }

    @Test
    void declinesTapsThatOneKernelWouldNotSave() {
        branches(conv(6, 1, 3).padded(0, 1), conv(6, 3, 1).padded(1, 0))
                .declines("y (Add): its operand b (Conv) stays: together with a (Conv) one convolution would nee"
                        + "d 216 multiply-adds per output position instead of 144, and 216 weights instead of 14"
                        + "4; --allow-cost (RepPass.allowingCost()) folds it all the same");
    }

    @Test
    void declinesTapsThatDiffer() {
        branches(conv(6, 3, 3).padded(1, 1), conv(6, 1, 1))
                .declines("y (Add): a (Conv) and b (Conv) read the same input, but their kernels are 6x4x3x3 and"
                        + " 6x4x1x1");
    }

    @Test
    void declinesOutputsThatDiffer() {
        branches(conv(4, 1, 1), conv(4, 1, 1).groups(2))
                .declines("y (Add): a (Conv) and b (Conv) read the same input, but they have 1 and 2 groups");
        branches(conv(4, 1, 1), conv(1, 1, 1))
                .declines(
                        "y (Add): a (Conv) and b (Conv) read the same input, but their kernels are 4x4x1x1 and 1x4x1x1");
        on(g -> {
                    Value x = g.input("x", 2, 3, 1, 1);
                    Value a = g.conv("a", x, conv(2, 3, 3).padded(1, 1));
                    g.output(g.sum("y", g.conv("b", x, conv(2, 3, 3).padded(2, 2)), a));
                })
                .declines("y (Add): its operand a (Conv) stays: no common kernel with b (Conv) gives output"
                        + "s of the same size (3x3, padding 2,2,2,2; 3x3, padding 1,1,1,1)");
    }

    @Test
    void declinesWherePaddingDependsOnTheSize() {
        on(g -> {
                    Value x = g.input("x", 2, 3, -1, -1);
                    Value a = g.conv("a", x, conv(2, 3, 3).stride(2, 2).autoPadded(AutoPad.SAME_UPPER));
                    g.output(g.sum(
                            "y", a, g.conv("b", x, conv(2, 1, 1).stride(2, 2).autoPadded(AutoPad.SAME_UPPER))));
                })
                .declines("y (Add): its operand b (Conv) stays: where its taps lie beside those of a (Conv) depe"
                        + "nds on an input size that is not known (3x3, stride 2x2, padding SAME_UPPER; 1x1, str"
                        + "ide 2x2, padding SAME_UPPER); give the input a fixed size");
    }

    @Test
    void declinesWeightsThatAreNotFinite() {
        branches(conv(4, 1, 1), conv(4, 1, 1).firstWeight(Double.NaN))
                .declines("y (Add): its operand b (Conv) stays: in b (Conv) the weights of output channel 0"
                        + " are not finite");
        branches(conv(4, 1, 1).firstWeight(Double.POSITIVE_INFINITY), conv(4, 1, 1))
                .declines("y (Add): its operand a (Conv) stays: in a (Conv) the weights of output channel 0"
                        + " are not finite");
    }

    @Test
    void declinesASumThatOverflows() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 7, 9);
                    Value a = g.conv("a", x, conv(4, 1, 1).firstWeight(40000));
                    g.output(g.sum("y", a, g.conv("b", x, conv(4, 1, 1).firstWeight(40000))));
                })
                .declines("y (Add): its operand b (Conv) stays: added to the weights of a (Conv), it may exceed "
                        + "what FLOAT16 holds");
    }

    @Test
    void declinesOtherNumberFormats() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 7, 9);
                    Value a = g.conv("a", x, conv(4, 1, 1));
                    Value b = g.type(ElementType.FLOAT32).conv("b", x, conv(4, 1, 1));
                    g.output(g.sum("y", b, a));
                })
                .declines(
                        "y (Add): b (Conv) and a (Conv) read the same input, but their weights have different number formats: FLOAT32 and"
                                + " FLOAT16");
        on(g -> {
                    Value x = g.type(ElementType.OTHER).input("x", 2, 4, 7, 9);
                    Value a = g.conv("a", x, conv(4, 1, 1).times(0).noBias());
                    g.output(g.sum("y", a, g.conv("b", x, conv(4, 1, 1).times(0).noBias())));
                })
                .declines("y (Add): its operand a (Conv) stays: in a (Conv) the weights are not floating-po"
                        + "int numbers");
    }

    @Test
    void declinesSumsWithoutParallelConvolutions() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value act = g.relu("act", x);
                    Value y = g.sum(
                            "y",
                            x,
                            g.conv("a", act, conv(4, 1, 1)),
                            g.opaque("s", "Sigmoid", x),
                            act,
                            g.relu("r", act));
                    g.output(y);
                })
                .declines("y (Add): no two of its operands are convolutions of the same input (the input x, a (Conv),"
                        + " s (Sigmoid), act (Relu) and 1 more)");
    }

    @Test
    void leavesTransposedConvolutionsToTheirOwnRule() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    g.output(g.sum(
                            "y",
                            g.transposedConv("a", x, conv(3, 2, 2), 0, 0),
                            g.transposedConv("b", x, conv(3, 2, 2), 0, 0)));
                })
                .isIgnored();
    }

    @Test
    void mergesLinearLayers() {
        on(g -> {
                    Value x = g.input("x", 2, 4);
                    g.output(g.sum("y", minus(g.linear("a", x, 3)), plus(g.linear("b", x, 3))));
                })
                .rewritesTo("y = Gemm(x) {3x4 with bias}");
    }

    @Test
    void declinesOutputsOfOtherNumberFormatsAndLayouts() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 4, 4);
                    Value b = Value.of("b", x.shape(), ElementType.FLOAT32);
                    g.node(new Convolution(
                            GraphFixtures.info("b", "Conv"),
                            x,
                            b,
                            FoldedKernel.identity(4, 1, 2, ElementType.FLOAT64),
                            ConvGeometry.pointwise(2),
                            Layout.CHANNELS_FIRST));
                    g.output(g.sum("y", g.conv("a", x, conv(4, 1, 1)), b));
                })
                .declines("y (Add): a (Conv) and b (Conv) read the same input, but their outputs have different number"
                        + " formats: FLOAT64 and FLOAT32");
        on(g -> {
                    Value x = g.input("x", 2, 4, 4, 4);
                    g.output(g.sum(
                            "y",
                            g.conv("a", x, conv(4, 1, 1)),
                            g.conv("b", x, conv(4, 1, 1).nhwc())));
                })
                .declines(
                        "y (Add): a (Conv) and b (Conv) read the same input, but one has its channels first, the other"
                                + " last");
    }

    @Test
    void declinesKernelsThatDisagreeAboutAnInputOfUnknownChannels() {
        on(g -> {
                    Value x = g.input("x", 2, -1, 4, 4);
                    Value[] branches = new Value[2];
                    for (int i = 0; i < 2; i++) {
                        KernelShape shape = new KernelShape(1, i + 3, 1, List.of(1, 1));
                        branches[i] = g.value("branch" + i, Shape.of(2, 1, 4, 4));
                        g.node(new Convolution(
                                GraphFixtures.info("branch" + i, "Conv"),
                                x,
                                branches[i],
                                new StoredKernel(
                                        shape,
                                        GraphFixtures.tensor(
                                                ElementType.FLOAT64, Shape.of(1, i + 3, 1, 1), new double[i + 3]),
                                        KernelLayout.OIK,
                                        null),
                                ConvGeometry.pointwise(2),
                                Layout.CHANNELS_FIRST));
                    }
                    g.sum("y", branches);
                    g.output(x);
                })
                .declines(
                        "y (Add): branch0 (Conv) and branch1 (Conv) read the same input, but their kernels are 1x3x1x1"
                                + " and 1x4x1x1");
    }
}
