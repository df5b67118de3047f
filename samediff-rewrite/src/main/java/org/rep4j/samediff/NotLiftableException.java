package org.rep4j.samediff;

/** An op of a kind that the algebra knows, in a form that it does not: it stays opaque, with this reason. */
final class NotLiftableException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param reason half a sentence about the op: "its weights are computed" */
    NotLiftableException(String reason) {
        super(reason, null, false, false);
    }

    /** Half a sentence about the op. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
