package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatPass;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.RuleAssert.OnGraph;

class AbsorbBiasIntoNextConvolutionTest {
    private static OnGraph on(Consumer<GraphFixtures> steps) {
        return assertThatRule(new AbsorbBiasIntoNextConvolution()).on(steps);
    }

    private static OnGraph onConvolution(ConvSpec spec, long... constantDims) {
        return on(g -> {
            Value x = spec.isChannelsLast() ? g.input("x", 2, 5, 6, 4) : g.input("x", 2, 4, 5, 6);
            g.output(g.conv("conv", g.shift("add", x, constantDims), spec));
        });
    }

    @Test
    void foldsImplicitKnowledgeBeforeAPointwiseConvolution() {
        onConvolution(conv(6, 1, 1), 1, 4, 1, 1).rewritesTo("conv = Conv(x) {6x4x1x1 with bias, 1x1}");
    }

    @Test
    void foldsIntoAnyConvolutionWithoutPadding() {
        onConvolution(conv(6, 3, 2).noBias().groups(2).stride(2, 1), 4, 1, 1)
                .rewritesTo("conv = Conv(x) {6x2x3x2 in 2 groups with bias, 3x2, stride 2x1}");
        onConvolution(conv(8, 2, 3).groups(4)).rewritesTo("conv = Conv(x)");
        onConvolution(conv(6, 3, 3).nhwc(), 4).rewritesTo("conv = Conv(x)");
        on(g -> g.output(g.linear("fc", g.shift("add", g.input("x", 3, 2, 4), 4), 5)))
                .rewritesTo("fc = Gemm(x)");
    }

    @Test
    void foldsIntoEachOfItsReaders() {
        on(g -> {
                    Value add = g.shift("add", g.input("x", 2, 4, 5, 6), 4, 1, 1);
                    Value a = g.conv("a", add, conv(6, 3, 3));
                    g.output(a, g.relu("act", a), g.conv("b", add, conv(6, 1, 1)));
                })
                .rewritesTo("a = Conv(x)", "act = Relu(a)", "b = Conv(x)");
    }

    @Test
    void subtractsTheMeanAndDividesByTheDeviationWithTheOtherRules() {
        assertThatPass()
                .on(g -> {
                    Value centred = g.shift("mean", g.input("x", 2, 3, 7, 7), 3, 1, 1);
                    g.output(g.conv(
                            "stem",
                            g.scale("deviation", centred, 3, 1, 1),
                            conv(8, 3, 3).stride(2, 2)));
                })
                .rewritesTo("stem = Conv(x)");
    }

    @Test
    void declinesPaddingBehindIt() {
        onConvolution(conv(6, 3, 3).padded(1, 1), 4, 1, 1)
                .declines(
                        "add (Add): the 3x3 conv conv (Conv) pads with zeros after this addition; pad with the constant"
                                + " that is added or add it after the conv");
    }

    @Test
    void declinesWhereAnotherReaderCannotTakeItIn() {
        on(g -> {
                    Value add = g.shift("add", g.input("x", 2, 4, 5, 6), 4, 1, 1);
                    g.output(g.conv("conv", add, conv(6, 1, 1)), g.relu("act", add));
                })
                .declines("add (Add): its output is also used by act (Relu)");
        on(g -> {
                    Value add = g.shift("add", g.input("x", 2, 4, 5, 6), 4, 1, 1);
                    g.output(add, g.conv("conv", add, conv(6, 1, 1)));
                })
                .declines("add (Add): its output is an output of the graph; take add off the graph's outputs");
    }

    @Test
    void declinesBiasesThatOverflowTheNumberFormat() {
        on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 5, 6);
                    Value add = g.shift("add", x, ChannelConstant.scalar(60000));
                    g.output(g.conv("conv", add, conv(2, 1, 1).times(0).firstWeight(600)));
                })
                .declines(
                        "add (Add): folded into conv (Conv), the folded weights of output channel 0 reach 3.60e+07, more"
                                + " than FLOAT16 holds; convert the model to FLOAT32");
    }
}
