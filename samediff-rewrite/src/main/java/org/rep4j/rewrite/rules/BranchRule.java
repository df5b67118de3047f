package org.rep4j.rewrite.rules;

import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Sum;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Rule;
import org.rep4j.rewrite.SumTree;

/** A rule about the branches that a tree of sums adds up; it looks at each tree once, from its top. */
abstract class BranchRule implements Rule {
    private static final Capture<Sum> SUM = Capture.of(Sum.class);
    private static final Pattern<Sum> PATTERN =
            Pattern.node(Sum.class).capturedAs(SUM).where(SumTree::isTop);

    private final Phase phase;

    BranchRule(Phase phase) {
        this.phase = phase;
    }

    @Override
    public final Phase phase() {
        return phase;
    }

    @Override
    public final Pattern<Sum> pattern() {
        return PATTERN;
    }

    @Override
    public final Outcome apply(Match match, ConvGraph graph) {
        Branches branches = Branches.of(match.get(SUM), graph);
        return branches.tree().terms().stream().anyMatch(Sum.Term::negated) ? Outcome.notApplicable() : apply(branches);
    }

    /** Decides about the branches of one tree. */
    abstract Outcome apply(Branches branches);
}
