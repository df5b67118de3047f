package org.rep4j.cli.picture;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one op of the train graph: folded into an op of the deploy graph, dropped, or kept.
 *
 * @param op its name, unique in the train graph
 * @param foldedInto name of the op of the deploy graph that does its work now, null if there is none: it was kept, or
 *     dropped because it did nothing
 * @param rules names of the rules that folded or dropped it, in the order in which they did; empty if it was kept
 * @param why the reason why it was kept, half a sentence; null where nobody would expect it to be folded
 * @param remedy the change to the model that would make it foldable, null if there is none
 */
public record Fate(
        String op,
        @Nullable String foldedInto,
        List<String> rules,
        @Nullable String why,
        @Nullable String remedy) {

    /** Copies the list. */
    public Fate {
        rules = List.copyOf(rules);
    }

    /** The op of the deploy graph that does its work. */
    Optional<String> target() {
        return Optional.ofNullable(foldedInto);
    }

    /** Whether it is neither folded nor kept. */
    boolean isDropped() {
        return foldedInto == null && !rules.isEmpty();
    }
}
