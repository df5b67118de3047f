package org.rep4j.rewrite.rules;

import org.rep4j.graph.ChannelShift;

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
public final class AbsorbBiasIntoConvolution extends AbsorbAffine<ChannelShift> {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public AbsorbBiasIntoConvolution() {
        super(ChannelShift.class, AffineAbsorption::absorb);
    }

    @Override
    public String description() {
        return "A constant added after a convolution becomes its bias";
    }
}
