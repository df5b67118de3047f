package org.rep4j.rewrite;

import org.jspecify.annotations.Nullable;

/** What a rule made of a match. */
public sealed interface Outcome {
    /** The rule fires. */
    record Rewritten(Replacement replacement) implements Outcome {}

    /**
     * The rule does not fire, and people may wonder why.
     *
     * @param reason half a sentence that names the op in the way: "its output is also used by add_7 (Add)"
     * @param remedy the change to the model that would make it foldable, if there is one: "put the BatchNorm behind conv_3"
     */
    record Declined(String reason, @Nullable String remedy) implements Outcome {}

    /** The match is none of the rule's business, and nobody would expect otherwise. */
    record NotApplicable() implements Outcome {}

    /** The rule fires. */
    static Outcome rewritten(Replacement replacement) {
        return new Rewritten(replacement);
    }

    /** The rule does not fire, for a reason worth telling. */
    static Outcome declined(String reason) {
        return new Declined(reason, null);
    }

    /** The rule does not fire, for a reason worth telling, and a change to the model would help. */
    static Outcome declined(String reason, String remedy) {
        return new Declined(reason, remedy);
    }

    /** The rule has no opinion. */
    static Outcome notApplicable() {
        return new NotApplicable();
    }
}
