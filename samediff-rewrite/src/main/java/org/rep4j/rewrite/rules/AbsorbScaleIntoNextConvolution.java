package org.rep4j.rewrite.rules;

import org.rep4j.graph.ChannelScale;

/**
 * Folds a multiplication with a constant, per channel or for all, into the convolutions that read it.
 *
 * <pre>
 * before   x → ChannelScale(m) → Conv(W, b) → y
 * after    x → Conv(W·m, b) → y
 * </pre>
 *
 * W is scaled per input channel. Holds for convolutions with any zero padding, transposed convolutions and linear layers.
 * Needs: all readers can take it in, each by a fold of its own; its output is not an output of the graph; no convolution
 * before it takes it in.
 */
public final class AbsorbScaleIntoNextConvolution extends AbsorbAffine<ChannelScale> {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public AbsorbScaleIntoNextConvolution() {
        super(ChannelScale.class, NextAbsorption::absorb);
    }

    @Override
    public String description() {
        return "A constant factor before convolutions becomes part of their weights";
    }
}
