package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import org.junit.jupiter.api.Test;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.RuleAssert.OnGraph;

class AbsorbBiasIntoConvolutionTest {
    private static OnGraph onConvolution(ConvSpec spec, long... constantDims) {
        return assertThatRule(new AbsorbBiasIntoConvolution()).on(g -> {
            Value x = spec.isChannelsLast() ? g.input("x", 2, 6, 5, 4) : g.input("x", 2, 4, 6, 5);
            g.output(g.shift("add", g.conv("conv", x, spec), constantDims));
        });
    }

    @Test
    void addsToTheBiasOrMakesOne() {
        onConvolution(conv(6, 3, 3), 6, 1, 1).rewritesTo("add = Conv(x) {6x4x3x3 with bias, 3x3}");
        onConvolution(conv(6, 3, 3).noBias(), 1, 6, 1, 1).rewritesTo("add = Conv(x) {6x4x3x3 with bias, 3x3}");
        onConvolution(conv(6, 3, 3).nhwc().noBias(), 6).rewritesTo("add = Conv(x) {6x4x3x3 with bias, 3x3}");
        onConvolution(conv(6, 3, 3)).rewritesTo("add = Conv(x)");
    }

    @Test
    void addsToTheBiasOfDepthwiseTransposedAndLinearLayers() {
        onConvolution(conv(4, 1, 3).groups(4).padded(0, 1), 4, 1, 1).rewritesTo("add = Conv(x)");
        assertThatRule(new AbsorbBiasIntoConvolution())
                .on(g -> {
                    Value x = g.input("x", 2, 4, 5);
                    g.output(g.shift(
                            "add",
                            g.transposedConv("deconv", x, conv(6, 3).stride(3).groups(2), 2),
                            6,
                            1));
                })
                .rewritesTo("add = ConvTranspose(x)");
        assertThatRule(new AbsorbBiasIntoConvolution())
                .on(g -> g.output(g.shift("add", g.linear("fc", g.input("x", 2, 4), 5), 5)))
                .rewritesTo("add = Gemm(x)");
    }

    @Test
    void declinesAConstantPerElement() {
        onConvolution(conv(5, 1, 1), 5)
                .declines("add (Add): it works along axis -1, the channels of conv (Conv) lie along axis 1");
    }

    @Test
    void declinesASecondReader() {
        assertThatRule(new AbsorbBiasIntoConvolution())
                .on(g -> {
                    Value y = g.conv("conv", g.input("x", 2, 4, 5, 5), conv(2, 1, 1));
                    g.output(g.shift("add", y), g.relu("act", y));
                })
                .declines("add (Add): the output of conv (Conv) is also used by act (Relu)");
    }

    @Test
    void declinesASumThatOverflowsTheNumberFormat() {
        assertThatRule(new AbsorbBiasIntoConvolution())
                .on(g -> {
                    Value x = g.type(ElementType.FLOAT16).input("x", 2, 4, 5, 5);
                    Value y = g.conv("conv", x, conv(1, 1, 1));
                    g.output(g.shift("add", y, new ChannelConstant(new double[] {70000}, 0, 0)));
                })
                .declines("add (Add): folded into conv (Conv), the folded weights of output channel 0 reach 7.00e+04,"
                        + " more than FLOAT16 holds");
    }
}
