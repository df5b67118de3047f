package org.rep4j.rewrite.rules;

import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ConvGraph;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Rule;

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
public final class AbsorbBatchNormIntoConvolution implements Rule {
    private static final Capture<BatchNormalization> AFFINE = Capture.of(BatchNormalization.class);
    private static final Pattern<BatchNormalization> PATTERN =
            Pattern.node(BatchNormalization.class).capturedAs(AFFINE);

    @Override
    public String description() {
        return "BatchNorm after a convolution becomes part of its weights and bias";
    }

    @Override
    public Phase phase() {
        return Phase.ABSORB;
    }

    @Override
    public Pattern<BatchNormalization> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        return AffineAbsorption.absorb(match.get(AFFINE), graph);
    }
}
