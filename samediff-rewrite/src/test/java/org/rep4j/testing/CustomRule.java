package org.rep4j.testing;

import java.util.function.BiFunction;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Rule;

/**
 * A rule that the catalogue does not have.
 *
 * @param name in reports
 * @param phase its turn
 * @param pattern what it looks at
 * @param decision what it makes of it
 */
public record CustomRule(
        String name, Phase phase, Pattern<? extends Node> pattern, BiFunction<Match, ConvGraph, Outcome> decision)
        implements Rule {

    /** A rule whose name does not matter. */
    public CustomRule(Phase phase, Pattern<? extends Node> pattern, BiFunction<Match, ConvGraph, Outcome> decision) {
        this("CustomRule", phase, pattern, decision);
    }

    @Override
    public String description() {
        return "what a test needs";
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        return decision.apply(match, graph);
    }
}
