package org.rep4j.onnx;

/** Sizes, axes or attributes of an op that cannot all be true: whatever is fed, no runtime could compute it. */
final class Contradiction extends OpReader.Unfoldable {
    /** @param reason half a sentence about the op, with the sizes: "its input has 4 channels but its weights want 3" */
    Contradiction(String reason) {
        super(reason);
    }
}
