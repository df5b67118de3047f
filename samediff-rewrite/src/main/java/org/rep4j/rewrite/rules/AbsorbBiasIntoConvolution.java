package org.rep4j.rewrite.rules;

import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.ConvGraph;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Rule;

/**
 * Folds an addition of a constant, per channel or for all, into the bias of the convolution before it.
 *
 * <pre>
 * before   x → Conv(W, b) → ChannelShift(a) → y
 * after    x → Conv(W, b + a) → y
 * </pre>
 *
 * Holds for convolutions (1-D to 3-D, grouped, depthwise), transposed convolutions and linear layers: all that happens is
 * per output channel. Needs: nobody else reads the convolution's output; finite constants.
 */
public final class AbsorbBiasIntoConvolution implements Rule {
    private static final Capture<ChannelShift> AFFINE = Capture.of(ChannelShift.class);
    private static final Pattern<ChannelShift> PATTERN =
            Pattern.node(ChannelShift.class).capturedAs(AFFINE);

    @Override
    public String description() {
        return "A constant added after a convolution becomes its bias";
    }

    @Override
    public Phase phase() {
        return Phase.ABSORB;
    }

    @Override
    public Pattern<ChannelShift> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        return AffineAbsorption.absorb(match.get(AFFINE), graph);
    }
}
