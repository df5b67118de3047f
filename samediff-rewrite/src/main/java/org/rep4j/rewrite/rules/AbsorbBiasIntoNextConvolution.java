package org.rep4j.rewrite.rules;

import org.rep4j.graph.ChannelShift;

/**
 * Folds an addition of a constant, per channel or for all, into the biases of the convolutions that read it.
 *
 * <pre>
 * before   x → ChannelShift(a) → Conv(W, b) → y
 * after    x → Conv(W, b + Σ W·a) → y
 * </pre>
 *
 * Σ runs over input channels and taps (ImplicitA of YOLOv7, Wang et al. 2023). Needs: convolutions that pad nothing, or linear
 * layers; all readers can take it in, each by a fold of its own; its output is not an output of the graph; no convolution
 * before it takes it in.
 */
public final class AbsorbBiasIntoNextConvolution extends AbsorbAffine<ChannelShift> {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public AbsorbBiasIntoNextConvolution() {
        super(ChannelShift.class, NextAbsorption::absorb);
    }

    @Override
    public String description() {
        return "A constant added before convolutions without padding becomes part of their biases";
    }
}
