package org.rep4j.samediff;

import java.util.List;
import org.rep4j.graph.Node;

/** Several ops that are one node. */
interface Idiom {
    /** The ops, the one that writes the output last; nobody else reads what the others write. */
    List<NativeOp> ops();

    /** The node for them. */
    Node node(LiftContext context);

    /** The op that writes the output. */
    default NativeOp root() {
        return ops().get(ops().size() - 1);
    }
}
