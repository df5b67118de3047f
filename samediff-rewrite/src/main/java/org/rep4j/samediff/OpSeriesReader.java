package org.rep4j.samediff;

import java.util.List;
import org.rep4j.graph.Node;

/** Reads ops of one family that may stand for several nodes, or for none that the algebra knows. */
@FunctionalInterface
interface OpSeriesReader {
    /**
     * The nodes that stand for {@code op}, each behind those that it reads from; the last one writes the op's output. None if
     * the op is nothing that the algebra could ever use, and no reason need be given.
     *
     * @throws NotLiftableException if the algebra has no node for this form of the op
     */
    List<Node> read(NativeOp op, LiftContext context) throws NotLiftableException;

    /** A reader of ops that are one node each. */
    static OpSeriesReader of(OpReader reader) {
        return (op, context) -> List.of(reader.read(op, context));
    }
}
