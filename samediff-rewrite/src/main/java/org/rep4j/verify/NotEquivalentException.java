package org.rep4j.verify;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A deploy form that does not compute what its train form does. The train form is as it was. */
public final class NotEquivalentException extends RuntimeException {
    private final @Nullable Culprit culprit;

    /**
     * @param difference what differs, in half a sentence
     * @param culprit the rewrite that is to blame, if one is
     */
    NotEquivalentException(String difference, Optional<Culprit> culprit) {
        super("the deploy form is not equivalent: " + difference
                + culprit.map(c -> " after " + c).orElse(""));
        this.culprit = culprit.orElse(null);
    }

    /** The rewrite that is to blame; empty if not even the unchanged model computes the same twice. */
    public Optional<Culprit> culprit() {
        return Optional.ofNullable(culprit);
    }
}
