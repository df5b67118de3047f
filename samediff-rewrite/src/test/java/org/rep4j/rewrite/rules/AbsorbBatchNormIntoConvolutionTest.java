package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class AbsorbBatchNormIntoConvolutionTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new AbsorbBatchNormIntoConvolution()).on(steps);
    }

    private static OnGraph onConvolution(ConvSpec spec, long... inputDims) {
        return on(g -> {
            Value x = g.input("x", inputDims);
            g.output(g.batchNorm("bn", g.conv("conv", x, spec), spec.channelAxis()));
        });
    }

    private static BatchNormStatistics statistics(double gamma, double variance, double epsilon) {
        double[] ones = {1, 1, 1};
        return new BatchNormStatistics(new double[] {1, gamma, 1}, ones, ones, new double[] {1, variance, 1}, epsilon);
    }

    private static OnGraph onStatistics(BatchNormStatistics statistics) {
        return on(g -> {
            Value x = g.input("x", 2, 3, 5, 5);
            g.output(g.batchNorm("bn", g.conv("conv", x, conv(3, 1, 1)), 1, statistics));
        });
    }

    @Test
    void foldsIntoTheKernelBefore() {
        onConvolution(conv(8, 3, 3).padded(1, 1), 2, 4, 7, 9)
                .rewritesTo("bn = Conv(x) {8x4x3x3 with bias, 3x3, padding 1,1,1,1}");
    }

    @Test
    void keepsTheBiasThatTheConvolutionHadAndMakesOneWhereItHadNone() {
        onConvolution(conv(8, 3, 3).noBias(), 2, 4, 7, 9).rewritesTo("bn = Conv(x) {8x4x3x3 with bias, 3x3}");
    }

    @ParameterizedTest
    @CsvSource({"2, 6", "4, 4", "4, 8"})
    void foldsIntoGroupedAndDepthwiseConvolutions(int groups, int outChannels) {
        onConvolution(conv(outChannels, 3, 3).groups(groups), 2, 4, 7, 9).rewritesTo("bn = Conv(x)");
    }

    @Test
    void foldsIntoAnyGeometry() {
        onConvolution(conv(5, 1, 3).stride(2, 1).dilation(1, 2).paddedAsymmetrically(0, 2, 1, 3), 2, 3, 7, 9)
                .rewritesTo("bn = Conv(x) {5x3x1x3 with bias, 1x3, stride 2x1, dilation 1x2, padding 0,2,1,3}");
    }

    @Test
    void foldsInOneAndThreeDimensions() {
        onConvolution(conv(5, 4).padded(2), 2, 3, 11).rewritesTo("bn = Conv(x)");
        onConvolution(conv(5, 2, 3, 1).padded(1, 1, 0), 2, 3, 4, 5, 3).rewritesTo("bn = Conv(x)");
    }

    @Test
    void foldsWhereChannelsAreLast() {
        onConvolution(conv(5, 3, 3).padded(1, 1).nhwc(), 2, 7, 9, 3).rewritesTo("bn = Conv(x)");
    }

    @Test
    void foldsOverAnAxisCountedFromTheOtherEnd() {
        on(g -> {
                    Value x = g.input("x", 2, 7, 9, 3);
                    g.output(g.batchNorm("bn", g.conv("conv", x, conv(5, 3, 3).nhwc()), 3));
                })
                .rewritesTo("bn = Conv(x)");
        on(g -> {
                    Value x = g.input("x", 2, 3, 7, 9);
                    g.output(g.batchNorm("bn", g.conv("conv", x, conv(5, 3, 3)), -3));
                })
                .rewritesTo("bn = Conv(x)");
    }

    @ParameterizedTest
    @CsvSource({"1, 6", "2, 4"})
    void foldsIntoTransposedConvolutions(int groups, int outChannels) {
        on(g -> {
                    Value x = g.input("x", 2, 4, 5, 6);
                    ConvSpec spec =
                            conv(outChannels, 3, 2).stride(2, 3).padded(1, 0).groups(groups);
                    Value y = g.transposedConv("deconv", x, spec, 1, 0);
                    g.output(g.batchNorm("bn", y));
                })
                .rewritesTo("bn = ConvTranspose(x)");
    }

    @Test
    void foldsIntoLinearLayersOverTheirLastAxis() {
        on(g -> g.output(g.batchNorm("bn", g.linear("fc", g.input("x", 3, 4), 5), 1)))
                .rewritesTo("bn = Gemm(x)");
        on(g -> g.output(g.batchNorm("bn", g.linear("fc", g.input("x", 3, 2, 4), 5), -1)))
                .rewritesTo("bn = Gemm(x)");
    }

    @Test
    void foldsChainsOfBatchNorms() {
        on(g -> {
                    Value x = g.input("x", 2, 3, 5, 5);
                    g.output(g.batchNorm("bn2", g.batchNorm("bn1", g.conv("conv", x, conv(4, 3, 3)))));
                })
                .rewritesTo("bn2 = Conv(x)");
    }

    @Test
    void foldsWhereTheOutputIsReadTwiceAndIsAnOutput() {
        on(g -> {
                    Value bn = g.batchNorm("bn", g.conv("conv", g.input("x", 2, 3, 5, 5), conv(4, 3, 3)));
                    g.output(bn, g.relu("a", bn), g.relu("b", bn));
                })
                .rewritesTo("bn = Conv(x)", "a = Relu(bn)", "b = Relu(bn)");
    }

    @Test
    void declinesWhereSomebodyElseReadsTheConvolution() {
        on(g -> {
                    Value conv = g.conv("conv", g.input("x", 2, 3, 5, 5), conv(4, 3, 3));
                    g.output(g.batchNorm("bn", conv), g.relu("act", conv));
                })
                .declines("bn (BatchNormalization): the output of conv (Conv) is also used by act (Relu)");
        on(g -> {
                    Value conv = g.conv("conv", g.input("x", 2, 3, 5, 5), conv(4, 3, 3));
                    g.output(g.batchNorm("bn", conv), g.relu("a", conv), g.relu("b", conv));
                })
                .declines("bn (BatchNormalization): the output of conv (Conv) is also used by a (Relu) and others");
    }

    @Test
    void declinesWhereTheConvolutionIsAnOutput() {
        on(g -> {
                    Value conv = g.conv("conv", g.input("x", 2, 3, 5, 5), conv(4, 3, 3));
                    g.output(conv, g.batchNorm("bn", conv));
                })
                .declines("bn (BatchNormalization): the output of conv (Conv) is an output of the graph");
    }

    @Test
    void declinesWhereASubgraphReadsTheConvolution() {
        on(g -> {
                    Value x = g.input("x", 2, 3, 5, 5);
                    Value conv = g.conv("conv", x, conv(3, 1, 1));
                    g.output(g.batchNorm("bn", conv), g.captures("loop", "Captures", x, List.of(conv)));
                })
                .declines("bn (BatchNormalization): the output of conv (Conv) is also used by loop (Captures)");
    }

    @Test
    void declinesWithoutAConvolutionBefore() {
        on(g -> g.output(g.batchNorm("bn", g.input("x", 2, 3, 5, 5))))
                .declines(
                        "bn (BatchNormalization): its input x is no op's output, so there is no convolution to fold into");
        on(g -> g.output(g.batchNorm("bn", g.relu("act", g.input("x", 2, 3, 5, 5)))))
                .declines("bn (BatchNormalization): its input comes from act (Relu), not from a convolution");
    }

    @Test
    void declinesOverAnotherAxisEvenOfTheSameSize() {
        on(g -> {
                    Value x = g.input("x", 2, 3, 5, 5);
                    g.output(g.batchNorm("bn", g.conv("conv", x, conv(5, 1, 1)), 3));
                })
                .declines(
                        "bn (BatchNormalization): it works along axis 3, the channels of conv (Conv) lie along axis 1");
        on(g -> g.output(g.batchNorm("bn", g.linear("fc", g.input("x", 2, 4, 3), 4), 1)))
                .declines(
                        "bn (BatchNormalization): it works along axis 1, the channels of fc (Gemm) lie along axis -1");
    }

    @Test
    void declinesOverAnAxisThatTheOutputDoesNotHave() {
        on(g -> {
                    Value x = g.input("x", 2, 3, -1, -1);
                    Value conv = g.conv("conv", x, conv(5, 1, 1));
                    g.batchNorm("bn", conv, 5, g.statistics(5));
                    g.output(x);
                })
                .declines(
                        "bn (BatchNormalization): it works along axis 5, the channels of conv (Conv) lie along axis 1");
    }

    @Test
    void declinesWhereTheRankIsNotKnown() {
        on(g -> {
                    Value x = g.input("x", 2, 3);
                    Value unknown = g.value("flat", Shape.unknown());
                    g.linear("fc", x, unknown, 4);
                    Value bn = g.batchNorm("bn", unknown, 1, g.statistics(4));
                    g.output(bn);
                })
                .declines("bn (BatchNormalization): the rank of flat is not known, so neither is its channel axis");
    }

    @Test
    void declinesOtherChannelCounts() {
        on(g -> {
                    Value x = g.input("x", 2, 3, -1, -1);
                    Value conv = g.conv("conv", x, conv(5, 1, 1));
                    g.batchNorm("bn", conv, 1, g.statistics(4));
                    g.output(x);
                })
                .declines("bn (BatchNormalization): it has 4 channels, conv (Conv) writes 5");
    }

    @Test
    void declinesUnusableStatistics() {
        onStatistics(statistics(Double.NaN, 1, 1e-5))
                .declines("bn (BatchNormalization): its scale, shift or mean is not finite in channel 1");
        onStatistics(statistics(1, -0.5, 1)).declines("bn (BatchNormalization): its variance in channel 1 is -0.5");
        onStatistics(statistics(1, Double.POSITIVE_INFINITY, 1))
                .declines("bn (BatchNormalization): its variance in channel 1 is Infinity");
        onStatistics(statistics(1, 0, 0))
                .declines("bn (BatchNormalization): its variance plus epsilon in channel 1 is 0.0");
    }

    @Test
    void declinesWeightsThatAreNotFinite() {
        onConvolution(conv(4, 1, 1).firstWeight(Double.NaN), 2, 3, 5, 5)
                .declines(
                        "bn (BatchNormalization): folded into conv (Conv), the weights of output channel 0 are not finite");
        onConvolution(conv(4, 1, 1).firstWeight(Double.NEGATIVE_INFINITY), 2, 3, 5, 5)
                .declines(
                        "bn (BatchNormalization): folded into conv (Conv), the weights of output channel 0 are not finite");
    }

    @Test
    void declinesWeightsThatOverflowTheNumberFormat() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 3, 5, 5);
                    Value conv = g.conv("conv", x, conv(3, 1, 1).firstWeight(60000));
                    double[] two = {2, 2, 2};
                    double[] zero = {0, 0, 0};
                    double[] one = {1, 1, 1};
                    g.output(g.batchNorm("bn", conv, 1, new BatchNormStatistics(two, zero, zero, one, 0)));
                })
                .declines("bn (BatchNormalization): folded into conv (Conv), the folded weights of output channel 0"
                        + " reach 1.20e+05, more than FLOAT16 holds");
    }

    @Test
    void declinesIntegerWeightsEvenIfAllAreZero() {
        on(g -> {
                    Value x = g.type(ElementType.OTHER).input("x", 2, 3, 5, 5);
                    g.output(g.batchNorm(
                            "bn", g.conv("conv", x, conv(3, 1, 1).times(0).noBias())));
                })
                .declines(
                        "bn (BatchNormalization): folded into conv (Conv), the weights are not floating-point numbers");
    }

    @Test
    void declinesAChangeOfNumberFormat() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 3, 5, 5);
                    Value conv = g.conv("conv", x, conv(3, 1, 1));
                    g.output(g.type(ElementType.FLOAT32).batchNorm("bn", conv));
                })
                .declines("bn (BatchNormalization): it turns FLOAT16 into FLOAT32");
    }
}
