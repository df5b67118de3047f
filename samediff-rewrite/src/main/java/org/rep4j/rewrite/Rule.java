package org.rep4j.rewrite;

import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;

/**
 * One exact transform: where it may apply, and what it makes of it. Rules are stateless and pure; the engine does the
 * editing.
 */
public interface Rule {
    /** The name in reports and docs. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** One sentence for people who read a report. */
    String description();

    /** When the rule gets its turn. */
    Phase phase();

    /** The nodes that the rule wants to see. The pattern's root is the node that the rule replaces. */
    Pattern<? extends Node> pattern();

    /** The same rule without its cost guard: one that folds even where that raises the multiply-adds or the parameters. */
    default Rule allowingCost() {
        return this;
    }

    /**
     * Decides about one match. Must not change anything.
     *
     * @param match what {@link #pattern()} found
     * @param graph the graph as it is now
     */
    Outcome apply(Match match, ConvGraph graph);
}
