package org.rep4j.onnx;

import onnx.Onnx.NodeProto;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;

/** Translates one op of ONNX into a node that the algebra understands. */
@FunctionalInterface
interface OpReader {
    /**
     * The node.
     *
     * @throws Unfoldable if this use of the op is beyond the algebra
     * @throws org.rep4j.graph.InvalidGraphException if the op contradicts itself
     */
    Node read(NodeProto node, NodeInfo info, LiftContext context) throws Unfoldable;

    /** Says why an op stays opaque. */
    class Unfoldable extends Exception {
        /** @param reason half a sentence, empty if nobody would expect a fold */
        Unfoldable(String reason) {
            super(reason, null, false, false);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }
}
