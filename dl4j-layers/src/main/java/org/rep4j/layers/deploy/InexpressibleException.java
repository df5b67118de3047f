package org.rep4j.layers.deploy;

/** Thrown by the exporter's parts for what SameDiff cannot express; those of all vertices are reported together. */
final class InexpressibleException extends RuntimeException {
    /** @param reason half a sentence: "its convolution mode is Causal"; empty if no use of the layer or vertex can be expressed */
    InexpressibleException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
