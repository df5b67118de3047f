package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.notApplicable;

import java.util.List;
import java.util.Optional;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.ConvGraph;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;

/**
 * Makes one op of two that scale and shift one after the other, where no convolution took them in.
 *
 * <pre>
 * before   x → (s₁·x + t₁) → (s₂·x + t₂) → y
 * after    x → (s₁·s₂·x + t₁·s₂ + t₂) → y
 * </pre>
 *
 * Two factors stay a factor, two summands a summand; anything else becomes a BatchNorm with γ = s, β = t, μ = 0, σ² = 1, ε = 0.
 * Needs: nobody else reads what lies between them; the same channel axis; one floating-point format, which holds the result.
 */
public final class MergeConsecutiveAffines implements Rule {
    private static final Capture<AffineNode> FIRST = Capture.of(AffineNode.class);
    private static final Capture<AffineNode> SECOND = Capture.of(AffineNode.class);
    private static final Pattern<AffineNode> PATTERN = Pattern.node(AffineNode.class)
            .capturedAs(SECOND)
            .fedBy(Pattern.node(AffineNode.class).capturedAs(FIRST));

    @Override
    public String description() {
        return "Scales, shifts and BatchNorms in a row become one";
    }

    @Override
    public Phase phase() {
        return Phase.CLEAN;
    }

    @Override
    public Pattern<AffineNode> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        AffineNode first = match.get(FIRST);
        AffineNode second = match.get(SECOND);
        if (Uses.otherThan(second, first.output(), graph).isPresent()) {
            return notApplicable(); // the one between is needed anyway
        }
        Optional<AffineNode> merged = AffineComposition.compose(first, second);
        return merged.map(m -> Outcome.rewritten(new Replacement(List.of(second, first), List.of(m))))
                .orElse(notApplicable());
    }
}
