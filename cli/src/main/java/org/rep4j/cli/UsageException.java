package org.rep4j.cli;

/** A command that cannot be carried out as it was given. The message is one line that says what to do. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
