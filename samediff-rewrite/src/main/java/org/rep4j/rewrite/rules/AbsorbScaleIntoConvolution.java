package org.rep4j.rewrite.rules;

import org.rep4j.graph.ChannelScale;

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
public final class AbsorbScaleIntoConvolution extends AbsorbAffine<ChannelScale> {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public AbsorbScaleIntoConvolution() {
        super(ChannelScale.class, AffineAbsorption::absorb);
    }

    @Override
    public String description() {
        return "A constant factor after a convolution becomes part of its weights and bias";
    }
}
