package org.rep4j.graph;

/** A graph that contradicts itself: cycles, values without a producer, shapes that do not fit. The message names the node. */
public final class InvalidGraphException extends RuntimeException {
    /** @param message one line: the node or value, what is wrong, what to do */
    public InvalidGraphException(String message) {
        super(message);
    }

    /**
     * @param message one line: the node or value, what is wrong, what to do
     * @param cause what was caught
     */
    public InvalidGraphException(String message, Throwable cause) {
        super(message, cause);
    }
}
