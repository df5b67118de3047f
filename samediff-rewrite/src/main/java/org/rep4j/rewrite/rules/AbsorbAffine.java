package org.rep4j.rewrite.rules;

import java.util.function.BiFunction;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.ConvGraph;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Rule;

/** A rule that folds one kind of affine op into the convolution before it, or into those behind it. */
abstract class AbsorbAffine<N extends AffineNode> implements Rule {
    private final Capture<N> affine;
    private final Pattern<N> pattern;
    private final BiFunction<AffineNode, ConvGraph, Outcome> absorption;

    AbsorbAffine(Class<N> kind, BiFunction<AffineNode, ConvGraph, Outcome> absorption) {
        this.absorption = absorption;
        affine = Capture.of(kind);
        pattern = Pattern.node(kind).capturedAs(affine);
    }

    @Override
    public final Phase phase() {
        return Phase.ABSORB;
    }

    @Override
    public final Pattern<N> pattern() {
        return pattern;
    }

    @Override
    public final Outcome apply(Match match, ConvGraph graph) {
        return absorption.apply(match.get(affine), graph);
    }
}
