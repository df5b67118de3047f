package org.rep4j.rewrite;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one op of the train form.
 *
 * @param name the op's name, unique in the train form
 * @param type what its format calls the op
 * @param status what became of it, in one word
 * @param into name of the op of the deploy form that does its work, null unless it is {@linkplain Status#FOLDED folded}
 * @param rules the rules that folded, removed or changed it, in their order, each once; empty if it was kept
 * @param absorbed the ops of the train form that went into it, in topological order; empty unless it is {@linkplain
 *     Status#CHANGED changed}
 * @param reason why it still stands there, half a sentence that names the op in the way; never null for one that was {@linkplain
 *     Status#KEPT kept}, always null for one that is gone
 * @param remedy the change to the model that would make it foldable, null if none is known
 */
public record OpFate(
        String name,
        String type,
        Status status,
        @Nullable String into,
        List<String> rules,
        List<String> absorbed,
        @Nullable String reason,
        @Nullable String remedy) {

    /** What can become of an op. */
    public enum Status {
        /** Another op does its work. */
        FOLDED,
        /** It changed nothing, or nothing read it. */
        REMOVED,
        /** It took others in, or a rule gave it another form. */
        CHANGED,
        /** It stands there as before. */
        KEPT
    }

    /** Copies the lists. */
    public OpFate {
        rules = List.copyOf(rules);
        absorbed = List.copyOf(absorbed);
    }

    /** The op as reports name it: {@code conv_3 (Conv)}. */
    public String label() {
        return name + " (" + type + ")";
    }
}
