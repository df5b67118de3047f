package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class AbsorbBatchNormIntoNextConvolutionTest {
    private static final String PADS_AFTER =
            "bn (BatchNormalization): the %s with zeros after this BatchNorm; pad with the"
                    + " BatchNorm's shift or put it after the conv";

    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new AbsorbBatchNormIntoNextConvolution()).on(steps);
    }

    private static OnGraph onConvolution(ConvSpec spec, long... inputDims) {
        return on(g -> {
            Value x = g.input("x", inputDims);
            g.output(g.conv("conv", g.batchNorm("bn", x, spec.channelAxis()), spec));
        });
    }

    /** Scales, and shifts nothing. */
    private static BatchNormStatistics scaling(double... gamma) {
        double[] zeros = new double[gamma.length];
        double[] variance = new double[gamma.length];
        Arrays.fill(variance, 0.5);
        return new BatchNormStatistics(gamma, zeros, zeros, variance, 1e-3);
    }

    @Test
    void foldsIntoTheKernelBehind() {
        onConvolution(conv(8, 3, 3), 2, 4, 7, 9).rewritesTo("conv = Conv(x) {8x4x3x3 with bias, 3x3}");
    }

    @Test
    void makesABiasWhereTheConvolutionHadNone() {
        onConvolution(conv(8, 1, 1).noBias(), 2, 4, 7, 9).rewritesTo("conv = Conv(x) {8x4x1x1 with bias, 1x1}");
    }

    @ParameterizedTest
    @CsvSource({"2, 6", "4, 4", "4, 8"})
    void foldsIntoGroupedAndDepthwiseConvolutions(int groups, int outChannels) {
        onConvolution(conv(outChannels, 3, 2).groups(groups), 2, 4, 7, 9).rewritesTo("conv = Conv(x)");
    }

    @Test
    void foldsIntoAnyGeometryWithoutPadding() {
        onConvolution(conv(5, 1, 3).stride(2, 1).dilation(1, 2), 2, 3, 7, 9)
                .rewritesTo("conv = Conv(x) {5x3x1x3 with bias, 1x3, stride 2x1, dilation 1x2}");
        onConvolution(conv(5, 4), 2, 3, 11).rewritesTo("conv = Conv(x)");
        onConvolution(conv(5, 2, 3, 1), 2, 3, 4, 5, 3).rewritesTo("conv = Conv(x)");
    }

    @Test
    void foldsWhereChannelsAreLast() {
        onConvolution(conv(5, 3, 2).nhwc(), 2, 7, 9, 3).rewritesTo("conv = Conv(x)");
    }

    @Test
    void foldsOverAnAxisCountedFromTheOtherEnd() {
        on(g -> g.output(g.conv("conv", g.batchNorm("bn", g.input("x", 2, 3, 7, 9), -3), conv(5, 3, 3))))
                .rewritesTo("conv = Conv(x)");
    }

    @Test
    void foldsIntoLinearLayersOverTheirLastAxis() {
        on(g -> g.output(g.linear("fc", g.batchNorm("bn", g.input("x", 3, 4), 1), 5)))
                .rewritesTo("fc = Gemm(x)");
        on(g -> g.output(g.linear("fc", g.batchNorm("bn", g.input("x", 3, 2, 4), -1), 5)))
                .rewritesTo("fc = Gemm(x)");
        on(g -> g.output(g.linear("fc", g.batchNorm("bn", g.input("x", 3, 4, 4), 1), 5)))
                .declines(
                        "bn (BatchNormalization): it works along axis 1, the channels of fc (Gemm) lie along axis -1");
    }

    @Test
    void foldsIntoAnythingWhereItShiftsNothing() {
        on(g -> {
                    Value bn = g.batchNorm("bn", g.input("x", 2, 3, 7, 9), 1, scaling(0.7, -1.2, 2));
                    g.output(
                            g.conv("a", bn, conv(5, 3, 3).padded(1, 2)),
                            g.conv("b", bn, conv(5, 3, 3).stride(2, 2).autoPadded(AutoPad.SAME_UPPER)),
                            g.transposedConv("c", bn, conv(4, 3, 2).stride(2, 3).padded(1, 0), 1, 0));
                })
                .rewritesTo("a = Conv(x)", "b = Conv(x)", "c = ConvTranspose(x)");
    }

    @Test
    void foldsIntoEachOfItsReaders() {
        on(g -> {
                    Value bn = g.batchNorm("bn", g.input("x", 2, 4, 7, 9));
                    Value a = g.conv("a", bn, conv(6, 3, 3));
                    g.output(a, g.relu("act", a), g.conv("b", bn, conv(4, 1, 1).groups(2)));
                })
                .rewritesTo("a = Conv(x)", "act = Relu(a)", "b = Conv(x)");
    }

    @Test
    void leavesWeightsAloneThatReadersShare() {
        on(g -> {
                    Value x = g.input("x", 2, 4, 7, 9);
                    Value bn = g.batchNorm("bn", x);
                    g.output(g.conv("a", bn, conv(6, 3, 3)), g.convSharing("a", "b", bn), g.convSharing("a", "c", x));
                })
                .rewritesTo("a = Conv(x)", "b = Conv(x)", "c = Conv(x)");
    }

    @Test
    void foldsWhereTheConvolutionBeforeItStays() {
        on(g -> {
                    Value first = g.conv("first", g.input("x", 2, 3, 7, 9), conv(4, 3, 3));
                    g.output(first, g.conv("conv", g.batchNorm("bn", first), conv(4, 1, 1)));
                })
                .rewritesTo("first = Conv(x)", "conv = Conv(first)");
    }

    @Test
    void leavesItToTheConvolutionBeforeIt() {
        on(g -> {
                    Value first = g.conv("first", g.input("x", 2, 3, 7, 9), conv(4, 3, 3));
                    g.output(g.conv("conv", g.batchNorm("bn", first), conv(4, 1, 1)));
                })
                .isIgnored();
    }

    @Test
    void isIgnoredWithoutAConvolutionBehind() {
        on(g -> g.output(g.relu("act", g.batchNorm("bn", g.input("x", 2, 3, 7, 9)))))
                .isIgnored();
        on(g -> g.output(g.relu("act", g.pad("pad", g.batchNorm("bn", g.input("x", 2, 3)), 0, 0, 1, 0, 1))))
                .isIgnored();
    }

    @Test
    void declinesPaddingBehindIt() {
        onConvolution(conv(5, 3, 3).padded(1, 1), 2, 3, 7, 9)
                .declines(String.format(PADS_AFTER, "3x3 conv conv (Conv) pads"));
        onConvolution(conv(5, 1, 3).paddedAsymmetrically(0, 0, 0, 1), 2, 3, 7, 9)
                .declines(String.format(PADS_AFTER, "1x3 conv conv (Conv) pads"));
        onConvolution(conv(5, 1, 1).padded(1, 0), 2, 3, 7, 9)
                .declines(String.format(PADS_AFTER, "1x1 conv conv (Conv) pads"));
        onConvolution(conv(5, 3, 3).stride(2, 2).autoPadded(AutoPad.SAME_UPPER), 2, 3, -1, -1)
                .declines(String.format(PADS_AFTER, "3x3 conv conv (Conv) may pad (SAME_UPPER)"));
    }

    @Test
    void aSinglePointNeedsNoPaddingWhateverTheInputSize() {
        onConvolution(conv(5, 1, 1).stride(2, 2).autoPadded(AutoPad.SAME_UPPER), 2, 3, -1, -1)
                .rewritesTo("conv = Conv(x)");
    }

    @Test
    void declinesAPadBehindIt() {
        on(g -> {
                    Value bn = g.batchNorm("bn", g.input("x", 2, 3, 7, 9));
                    g.output(g.conv("conv", g.pad("pad", bn, 0, 0, 0, 1, 1, 0, 0, 1, 1), conv(5, 3, 3)));
                })
                .declines(
                        "bn (BatchNormalization): pad (Pad) pads with 0.0 after this BatchNorm; pad with the BatchNorm's"
                                + " shift or put it after the conv");
    }

    @Test
    void declinesTransposedConvolutions() {
        on(g -> {
                    Value bn = g.batchNorm("bn", g.input("x", 2, 3, 7, 9));
                    g.output(g.transposedConv("up", bn, conv(4, 2, 2).stride(2, 2), 0, 0));
                })
                .declines(
                        "bn (BatchNormalization): up (ConvTranspose) adds up different taps from place to place, so what"
                                + " this BatchNorm adds is no bias behind it; put it after the transposed conv");
    }

    @Test
    void declinesWhereAnotherReaderCannotTakeItIn() {
        on(g -> {
                    Value bn = g.batchNorm("bn", g.input("x", 2, 3, 7, 9));
                    g.output(g.conv("conv", bn, conv(5, 3, 3)), g.relu("act", bn));
                })
                .declines("bn (BatchNormalization): its output is also used by act (Relu)");
        on(g -> {
                    Value bn = g.batchNorm("bn", g.input("x", 2, 3, 7, 9));
                    g.output(
                            g.conv("a", bn, conv(5, 3, 3)),
                            g.conv("b", bn, conv(5, 3, 3).padded(1, 1)));
                })
                .declines(String.format(PADS_AFTER, "3x3 conv b (Conv) pads"));
        on(g -> {
                    Value x = g.input("x", 2, 3, 7, 9);
                    Value bn = g.batchNorm("bn", x);
                    g.output(g.conv("conv", bn, conv(5, 3, 3)), g.captures("loop", "Captures", x, List.of(bn)));
                })
                .declines("bn (BatchNormalization): its output is also used by loop (Captures)");
    }

    @Test
    void declinesAsAnOutput() {
        on(g -> {
                    Value bn = g.batchNorm("bn", g.input("x", 2, 3, 7, 9));
                    g.output(bn, g.conv("conv", bn, conv(5, 3, 3)));
                })
                .declines(
                        "bn (BatchNormalization): its output is an output of the graph; take bn off the graph's outputs");
    }

    @Test
    void declinesOverAnotherAxisEvenOfTheSameSize() {
        on(g -> g.output(g.conv("conv", g.batchNorm("bn", g.input("x", 2, 3, 7, 3), 3), conv(5, 3, 3))))
                .declines(
                        "bn (BatchNormalization): it works along axis 3, the channels of conv (Conv) lie along axis 1");
    }

    @Test
    void declinesOtherChannelCounts() {
        on(g -> {
                    Value x = g.input("x", 2, 4, -1, -1);
                    g.conv("conv", g.batchNorm("bn", x, 1, g.statistics(3)), conv(5, 1, 1));
                    g.output(x);
                })
                .declines("bn (BatchNormalization): it has 3 channels, conv (Conv) reads 4");
    }

    @Test
    void declinesUnusableStatistics() {
        on(g -> {
                    BatchNormStatistics broken = scaling(1, Double.NaN, 1);
                    g.output(g.conv("conv", g.batchNorm("bn", g.input("x", 2, 3, 5, 5), 1, broken), conv(5, 1, 1)));
                })
                .declines("bn (BatchNormalization): its scale, shift or mean is not finite in channel 1");
    }

    @Test
    void declinesWeightsThatOverflowTheNumberFormat() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 2, 5, 5);
                    double[] zero = {0, 0};
                    double[] one = {1, 1};
                    BatchNormStatistics doubling = new BatchNormStatistics(new double[] {2, 2}, zero, zero, one, 0);
                    Value bn = g.batchNorm("bn", x, 1, doubling);
                    g.output(
                            g.conv("a", bn, conv(3, 1, 1)),
                            g.conv("b", bn, conv(3, 1, 1).firstWeight(60000)));
                })
                .declines("bn (BatchNormalization): folded into b (Conv), the folded weights of output channel 0 reach"
                        + " 1.20e+05, more than FLOAT16 holds; convert the model to FLOAT32");
    }

    @Test
    void declinesAChangeOfNumberFormat() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 3, 5, 5);
                    Value bn = g.type(ElementType.FLOAT32).batchNorm("bn", x);
                    g.output(g.conv("conv", bn, conv(3, 1, 1)));
                })
                .declines("bn (BatchNormalization): it turns FLOAT16 into FLOAT32");
    }
}
