package org.rep4j.graph;

import org.jspecify.annotations.Nullable;

/** A model that a file of the format that was asked for cannot hold: it is too large. */
public final class UnwritableModelException extends RuntimeException {
    /**
     * @param message one line: what is wrong, what to do
     * @param cause what was caught, null if nothing was tried
     */
    public UnwritableModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
