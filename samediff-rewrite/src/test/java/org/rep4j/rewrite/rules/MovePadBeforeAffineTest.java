package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatPass;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class MovePadBeforeAffineTest {
    private static final Integer[] AROUND = {0, 0, 1, 2, 0, 0, 0, 1};

    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new MovePadBeforeAffine()).on(steps);
    }

    /** β − μ·γ/√(σ² + ε), with each number changed a little. */
    private static ChannelConstant shift(BatchNormStatistics s, UnaryOperator<Double> change, int axis) {
        double[] values = new double[s.channels()];
        Arrays.setAll(
                values,
                c -> change.apply(s.beta()[c] - s.mean()[c] * s.gamma()[c] / Math.sqrt(s.variance()[c] + s.epsilon())));
        return new ChannelConstant(values, axis, 4);
    }

    private static void padded(GraphFixtures g, UnaryOperator<Double> change, ConvSpec spec) {
        BatchNormStatistics statistics = g.statistics(3);
        Value bn = g.batchNorm("bn", g.input("x", 2, 3, 5, 6), 1, statistics);
        g.output(g.conv("conv", g.pad("pad", bn, shift(statistics, change, 1), AROUND), spec));
    }

    @Test
    void padsWithZerosBeforeTheBatchNorm() {
        on(g -> padded(g, t -> t, conv(4, 3, 3)))
                .rewritesTo(
                        "x_padded = Pad(x) {begin [0, 0, 1, 2], end [0, 0, 0, 1], with 0.0}",
                        "pad = BatchNormalization(x_padded)",
                        "conv = Conv(pad)");
    }

    @Test
    void theConvolutionThenTakesBothIn() {
        assertThatPass()
                .on(g -> padded(g, t -> t, conv(4, 2, 3).stride(2, 1)))
                .rewritesTo("conv = Conv(x) {4x3x2x3 with bias, 2x3, stride 2x1, padding 1,2,0,1}");
    }

    @Test
    void servesSeveralConvolutionsAndChannelsLast() {
        on(g -> {
                    BatchNormStatistics statistics = g.statistics(3);
                    Value bn = g.batchNorm("bn", g.input("x", 2, 5, 6, 3), -1, statistics);
                    Value pad = g.pad("pad", bn, shift(statistics, t -> t, 3), 0, 1, 2, 0, 0, 0, 1, 0);
                    g.output(
                            g.conv("a", pad, conv(4, 3, 3).nhwc()),
                            g.conv("b", pad, conv(6, 1, 2).groups(3).nhwc()));
                })
                .rewritesTo(
                        "x_padded = Pad(x)", "pad = BatchNormalization(x_padded)", "a = Conv(pad)", "b = Conv(pad)");
    }

    @Test
    void knowsOneConstantForAllChannels() {
        on(g -> {
                    Value add = g.shift("add", g.input("x", 2, 3, 5, 6), ChannelConstant.scalar(0.3));
                    g.output(g.conv("conv", g.pad("pad", add, 0.3, AROUND), conv(4, 3, 3)));
                })
                .rewritesTo("x_padded = Pad(x)", "pad = Add(x_padded)", "conv = Conv(pad)");
        on(g -> {
                    Value add = g.shift("add", g.input("x", 2, 3, 5, 6), ChannelConstant.scalar(0.3));
                    ChannelConstant fill = new ChannelConstant(new double[] {0.3, 0.3, 0.3}, 1, 4);
                    g.output(g.conv("conv", g.pad("pad", add, fill, AROUND), conv(4, 3, 3)));
                })
                .rewritesTo("x_padded = Pad(x)", "pad = Add(x_padded)", "conv = Conv(pad)");
    }

    @Test
    void movesACropWhateverTheFill() {
        on(g -> {
                    Value bn = g.batchNorm("bn", g.input("x", 2, 3, 5, 6));
                    g.output(g.conv("conv", g.pad("pad", bn, 7, 0, 0, -1, 0, 0, 0, 0, -2), conv(4, 3, 3)));
                })
                .rewritesTo("x_padded = Pad(x)", "pad = BatchNormalization(x_padded)", "conv = Conv(pad)");
    }

    @Test
    void allowsForTheRoundingOfTheNumberFormat() {
        on(g -> padded(g.type(ElementType.FLOAT64), t -> t * (1 + 4e-16), conv(4, 3, 3)))
                .rewritesTo("x_padded = Pad(x)", "pad = BatchNormalization(x_padded)", "conv = Conv(pad)");
        on(g -> padded(g.type(ElementType.FLOAT64), t -> t * (1 + 1e-13), conv(4, 3, 3)))
                .isIgnored();
    }

    @Test
    void isIgnoredWhereTheFillIsAnother() {
        on(g -> padded(g, t -> -t, conv(4, 3, 3))).isIgnored();
        on(g -> padded(g, t -> Double.NaN, conv(4, 3, 3))).isIgnored();
        on(g -> {
                    BatchNormStatistics statistics = g.statistics(3);
                    Value bn = g.batchNorm("bn", g.input("x", 2, 3, 5, 3), 1, statistics);
                    ChannelConstant alongTheWidth = shift(statistics, t -> t, 3);
                    g.output(g.conv("conv", g.pad("pad", bn, alongTheWidth, 0, 0, 1, 0, 0, 0, 1, 0), conv(4, 3, 3)));
                })
                .isIgnored();
    }

    @Test
    void isIgnoredWhereChannelsArePadded() {
        on(g -> {
                    Value mul = g.scale("mul", g.input("x", 2, 3, 5, 6), 3, 1, 1);
                    g.output(g.conv("conv", g.pad("pad", mul, 0, 0, 1, 0, 0, 0, 0, 0, 0), conv(4, 3, 3)));
                })
                .isIgnored();
    }

    @Test
    void isIgnoredWhereNoConvolutionReadsThePad() {
        on(g -> {
                    Value add = g.shift("add", g.input("x", 2, 3, 5, 6), ChannelConstant.scalar(0.3));
                    g.output(g.relu("act", g.pad("pad", add, 0.3, AROUND)));
                })
                .isIgnored();
    }

    @Test
    void isIgnoredWhereAConvolutionBeforeTakesTheBatchNormIn() {
        on(g -> {
                    BatchNormStatistics statistics = g.statistics(3);
                    Value first = g.conv("first", g.input("x", 2, 3, 5, 6), conv(3, 1, 1));
                    Value bn = g.batchNorm("bn", first, 1, statistics);
                    g.output(g.conv("conv", g.pad("pad", bn, shift(statistics, t -> t, 1), AROUND), conv(4, 3, 3)));
                })
                .isIgnored();
    }

    @Test
    void isIgnoredWhereSomebodyElseReadsTheBatchNorm() {
        on(g -> {
                    Value add = g.shift("add", g.input("x", 2, 3, 5, 6), ChannelConstant.scalar(0.3));
                    Value conv = g.conv("conv", g.pad("pad", add, 0.3, AROUND), conv(4, 3, 3));
                    g.output(conv, g.relu("act", add));
                })
                .isIgnored();
    }

    @Test
    void declinesWhereTheReadersCannotTakeTheBatchNormIn() {
        on(g -> padded(g, t -> t, conv(4, 3, 3).padded(0, 1)))
                .declines("pad (Pad): the 3x3 conv conv (Conv) pads with zeros after this BatchNorm; pad with the"
                        + " BatchNorm's shift or put it after the conv");
        on(g -> {
                    Value add = g.shift("add", g.input("x", 2, 3, 5, 6), ChannelConstant.scalar(0.3));
                    Value pad = g.pad("pad", add, 0.3, AROUND);
                    g.output(g.conv("conv", pad, conv(4, 3, 3)), g.relu("act", pad));
                })
                .declines("pad (Pad): its output is also used by act (Relu)");
        on(g -> {
                    Value add = g.shift("add", g.input("x", 2, 3, 5, 6), ChannelConstant.scalar(0.3));
                    Value pad = g.pad("pad", add, 0.3, AROUND);
                    g.output(pad, g.conv("conv", pad, conv(4, 3, 3)));
                })
                .declines("pad (Pad): its output is an output of the graph; take pad off the graph's outputs");
    }
}
