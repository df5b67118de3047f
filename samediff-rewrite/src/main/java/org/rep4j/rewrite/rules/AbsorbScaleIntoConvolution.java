package org.rep4j.rewrite.rules;

import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ConvGraph;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Rule;

/**
 * Folds a multiplication with a constant, per channel or for all, into the convolution before it.
 *
 * <pre>
 * before   x → Conv(W, b) → ChannelScale(m) → y
 * after    x → Conv(W·m, b·m) → y
 * </pre>
 *
 * Holds for convolutions (1-D to 3-D, grouped, depthwise), transposed convolutions and linear layers: all that happens is
 * per output channel. Needs: nobody else reads the convolution's output; finite constants.
 */
public final class AbsorbScaleIntoConvolution implements Rule {
    private static final Capture<ChannelScale> AFFINE = Capture.of(ChannelScale.class);
    private static final Pattern<ChannelScale> PATTERN =
            Pattern.node(ChannelScale.class).capturedAs(AFFINE);

    @Override
    public String description() {
        return "A constant factor after a convolution becomes part of its weights and bias";
    }

    @Override
    public Phase phase() {
        return Phase.ABSORB;
    }

    @Override
    public Pattern<ChannelScale> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        return AffineAbsorption.absorb(match.get(AFFINE), graph);
    }
}
