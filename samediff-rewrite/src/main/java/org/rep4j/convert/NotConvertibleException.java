package org.rep4j.convert;

/** Thrown by a mapping for an op, or a use of it, that the other side cannot express; all of a model are reported together. */
public final class NotConvertibleException extends Exception {
    /** @param reason half a sentence: "its kernel is computed" */
    NotConvertibleException(String reason) {
        super(reason, null, false, false);
    }

    /** Half a sentence. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
