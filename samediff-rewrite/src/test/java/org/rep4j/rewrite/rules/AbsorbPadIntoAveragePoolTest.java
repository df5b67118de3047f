package org.rep4j.rewrite.rules;

import static org.rep4j.testing.ConvSpec.conv;
import static org.rep4j.testing.RuleAssert.assertThatRule;

import org.junit.jupiter.api.Test;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.RuleAssert.OnGraph;

class AbsorbPadIntoAveragePoolTest {
    private static OnGraph onPadded(ConvSpec window, boolean counts, double fill, Integer... beginThenEnd) {
        return assertThatRule(new AbsorbPadIntoAveragePool()).on(g -> {
            Value x = window.isChannelsLast() ? g.input("x", 2, 7, 8, 4) : g.input("x", 2, 4, 7, 8);
            g.output(g.averagePool("pool", g.pad("pad", x, fill, beginThenEnd), window, counts));
        });
    }

    @Test
    void countsThePaddingOfAPoolThatHadNone() {
        onPadded(conv(4, 3, 3), false, 0, 0, 0, 1, 1, 0, 0, 1, 1)
                .rewritesTo("pool = AveragePool(x) {3x3, padding 1,1,1,1, padding counts}");
        onPadded(conv(4, 3, 3), true, 0, 0, 0, 1, 1, 0, 0, 1, 1)
                .rewritesTo("pool = AveragePool(x) {3x3, padding 1,1,1,1, padding counts}");
    }

    @Test
    void addsUpPaddingsThatCount() {
        onPadded(conv(4, 2, 4).stride(2, 1).paddedAsymmetrically(0, 1, 1, 0), true, 0, 0, 0, 1, 2, 0, 0, 0, 3)
                .rewritesTo("pool = AveragePool(x) {2x4, stride 2x1, padding 1,3,1,3, padding counts}");
    }

    @Test
    void knowsWhereChannelsAreLast() {
        onPadded(conv(4, 3, 2).nhwc(), false, 0, 0, 1, 0, 0, 0, 2, 1, 0)
                .rewritesTo("pool = AveragePool(x) {3x2, padding 1,0,2,1, padding counts}");
    }

    @Test
    void worksInOneDimension() {
        assertThatRule(new AbsorbPadIntoAveragePool())
                .on(g -> g.output(g.averagePool(
                        "pool", g.pad("pad", g.input("x", 2, 3, 7), 0, 0, 0, 2, 0, 0, 1), conv(3, 3), false)))
                .rewritesTo("pool = AveragePool(x)");
    }

    @Test
    void leavesThePadToOtherReadersAndIsAnOutputLikeAnyOther() {
        assertThatRule(new AbsorbPadIntoAveragePool())
                .on(g -> {
                    Value pad = g.pad("pad", g.input("x", 2, 4, 7, 8), 0, 0, 0, 1, 1, 0, 0, 1, 1);
                    Value pool = g.averagePool("pool", pad, conv(4, 3, 3), false);
                    g.output(pad, pool, g.relu("act", pool));
                })
                .rewritesTo("pad = Pad(x)", "pool = AveragePool(x)", "act = Relu(pool)");
    }

    @Test
    void declinesWhereThePoolLeavesItsPaddingOut() {
        onPadded(conv(4, 3, 3).padded(1, 0), false, 0, 0, 0, 1, 1, 0, 0, 1, 1)
                .declines("pool (AveragePool): it leaves its own padding out of the average, but not the zeros of pad"
                        + " (Pad)");
    }

    @Test
    void declinesWhatIsNotZeroPadding() {
        onPadded(conv(4, 3, 3), false, 0.5, 0, 0, 1, 1, 0, 0, 1, 1)
                .declines("pool (AveragePool): pad (Pad) before it fills in 0.5, an average pool pads with zeros");
        onPadded(conv(4, 3, 3), false, 0, 0, 0, 1, -1, 0, 0, 1, 1)
                .declines("pool (AveragePool): pad (Pad) before it cuts off elements");
        onPadded(conv(4, 3, 3), false, 0, 0, 1, 1, 0, 0, 0, 1, 1)
                .declines("pool (AveragePool): pad (Pad) before it pads axis 1, which is not spatial");
    }

    @Test
    void declinesWindowsOfPaddingAlone() {
        onPadded(conv(4, 2, 3), true, 0, 0, 0, 2, 1, 0, 0, 0, 1)
                .declines("pool (AveragePool): with pad (Pad) it would have windows of padding alone (2x3, padding"
                        + " 2,1,0,1)");
        onPadded(conv(4, 2, 3), true, 0, 0, 0, 1, 1, 0, 0, 0, 3)
                .declines("pool (AveragePool): with pad (Pad) it would have windows of padding alone (2x3, padding"
                        + " 1,1,0,3)");
    }

    @Test
    void declinesWherePaddingDependsOnTheSize() {
        assertThatRule(new AbsorbPadIntoAveragePool())
                .on(g -> {
                    Value pad = g.pad("pad", g.input("x", 2, 4, 7, 8), 0, 0, 0, 1, 1, 0, 0, 1, 1);
                    ConvSpec same = conv(4, 3, 3).stride(2, 2).autoPadded(AutoPad.SAME_UPPER);
                    g.averagePool("pool", pad, same, false);
                    g.output(pad);
                })
                .declines("pool (AveragePool): its padding SAME_UPPER depends on an input size that is not known");
    }
}
