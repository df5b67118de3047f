package org.rep4j.rewrite.rules;

import org.jspecify.annotations.Nullable;
import org.rep4j.rewrite.Outcome;

/**
 * Why something is not folded.
 *
 * @param reason half a sentence that names the op in the way
 * @param remedy the change to the model, or the option, that would help; null if there is none
 */
record Refusal(String reason, @Nullable String remedy) {
    static Refusal because(String reason) {
        return new Refusal(reason, null);
    }

    /** The same refusal in a longer sentence. */
    Refusal behind(String beginning) {
        return new Refusal(beginning + reason, remedy);
    }

    Outcome asOutcome() {
        return new Outcome.Declined(reason, remedy);
    }
}
