package org.rep4j.verify;

/** A model that could not be run, so that nothing is known about its equivalence. */
public final class VerificationException extends RuntimeException {
    /** @param message one line: the model or input, what is wrong, what to do */
    public VerificationException(String message) {
        super(message);
    }

    /**
     * @param message one line: the model or input, what is wrong, what to do
     * @param cause what was caught
     */
    public VerificationException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The first line of what a runtime had to say. */
    public static String firstLine(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).strip();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end).strip();
    }
}
