package org.rep4j.rewrite;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pass did and what it did not do.
 *
 * @param rewrites in the order in which they were done
 * @param declined folds that a reader might expect and that were not done, with reasons that hold in the final graph
 */
public record RewriteReport(List<Rewrite> rewrites, List<Decline> declined) {

    /** Copies the lists. */
    public RewriteReport {
        rewrites = List.copyOf(rewrites);
        declined = List.copyOf(declined);
    }

    /**
     * One fold.
     *
     * @param rule the rule's name
     * @param op the op that the rule looked at, as {@code name (type)}
     * @param output the value that the new op writes in the place of an old one
     * @param absorbed the ops that went; the op that took them in keeps its name and is not among them
     * @param changed names of the ops that stay under their name, with another kernel or as a convolution now
     */
    public record Rewrite(String rule, String op, String output, List<Absorbed> absorbed, List<String> changed) {
        /** Copies the lists. */
        public Rewrite {
            absorbed = List.copyOf(absorbed);
            changed = List.copyOf(changed);
        }
    }

    /**
     * An op that went.
     *
     * @param op its name
     * @param into name of the op that it became part of, null if it went without a trace
     */
    public record Absorbed(String op, @Nullable String into) {}

    /**
     * One fold that was not done.
     *
     * @param rule the rule's name, or {@code Lift} where the op was not understood in the first place
     * @param op the op that stays, as {@code name (type)}
     * @param reason half a sentence that names the op in the way
     * @param remedy the change to the model that would make it foldable, null if there is none
     */
    public record Decline(
            String rule, String op, String reason, @Nullable String remedy) {
        /** {@code conv_3 (Conv): its output is also used by add_7 (Add)}, and behind a semicolon the remedy. */
        @Override
        public String toString() {
            return op + ": " + reason + (remedy == null ? "" : "; " + remedy);
        }
    }

    /** Whether the pass changed anything. */
    public boolean changedAnything() {
        return !rewrites.isEmpty();
    }
}
