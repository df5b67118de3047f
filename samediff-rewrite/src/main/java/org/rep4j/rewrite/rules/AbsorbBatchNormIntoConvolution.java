package org.rep4j.rewrite.rules;

import org.rep4j.graph.BatchNormalization;

/**
 * Folds an inference BatchNorm into the convolution before it (RepVGG, Ding et al. 2021, equation 3).
 *
 * <pre>
 * before   x → Conv(W, b) → BatchNormalization(γ, β, μ, σ², ε) → y
 * after    x → Conv(W·s, β + (b − μ)·s), s = γ / √(σ² + ε) → y
 * </pre>
 *
 * Holds for convolutions (1-D to 3-D, grouped, depthwise), transposed convolutions and linear layers: all that happens is
 * per output channel. Needs: nobody else reads the convolution's output; finite constants; σ² not negative and σ² + ε positive.
 */
public final class AbsorbBatchNormIntoConvolution extends AbsorbAffine<BatchNormalization> {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public AbsorbBatchNormIntoConvolution() {
        super(BatchNormalization.class, AffineAbsorption::absorb);
    }

    @Override
    public String description() {
        return "BatchNorm after a convolution becomes part of its weights and bias";
    }
}
