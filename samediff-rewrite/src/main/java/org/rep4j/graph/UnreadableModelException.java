package org.rep4j.graph;

/** A file that is not the model it should be: missing, truncated, of another format, or reaching outside its folder. */
public final class UnreadableModelException extends RuntimeException {
    /** @param message one line: the file, what is wrong, what to do */
    public UnreadableModelException(String message) {
        super(message);
    }

    /**
     * @param message one line: the file, what is wrong, what to do
     * @param cause what was caught
     */
    public UnreadableModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
