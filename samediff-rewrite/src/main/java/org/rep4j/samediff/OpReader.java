package org.rep4j.samediff;

import org.rep4j.graph.Node;

/** Reads ops of one family. */
@FunctionalInterface
interface OpReader {
    /**
     * The node that stands for {@code op}.
     *
     * @throws NotLiftableException if the algebra has no node for this form of the op
     */
    Node read(NativeOp op, LiftContext context) throws NotLiftableException;
}
