package org.rep4j.rewrite.rules;

import org.rep4j.graph.BatchNormalization;

/**
 * Folds an inference BatchNorm into the convolutions that read it.
 *
 * <pre>
 * before   x → BatchNormalization(γ, β, μ, σ², ε) → Conv(W, b) → y
 * after    x → Conv(W·s, b + Σ W·(β − μ·s)), s = γ / √(σ² + ε) → y
 * </pre>
 *
 * W is scaled per input channel, and Σ runs over input channels and taps. Needs: convolutions that pad nothing, or linear
 * layers (where the BatchNorm only scales, any convolution will do); all readers can take it in, each by a fold of its own;
 * its output is not an output of the graph; no convolution before it takes it in.
 */
public final class AbsorbBatchNormIntoNextConvolution extends AbsorbAffine<BatchNormalization> {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public AbsorbBatchNormIntoNextConvolution() {
        super(BatchNormalization.class, NextAbsorption::absorb);
    }

    @Override
    public String description() {
        return "BatchNorm before convolutions without padding becomes part of their weights and biases";
    }
}
