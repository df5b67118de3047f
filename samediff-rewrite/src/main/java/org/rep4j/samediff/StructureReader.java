package org.rep4j.samediff;

import java.util.List;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/** Reads identity, dropout and concat. */
final class StructureReader {
    private StructureReader() {}

    /** An op that changes nothing. */
    static Node identity(NativeOp op, LiftContext context) throws NotLiftableException {
        Value input = context.computed(op, 0);
        return new Identity(context.info(op), input, context.output(op.output(), input.shape()));
    }

    /** Dropout, which SameDiff runs in inference as in training: it changes nothing only if it keeps everything. */
    static Node dropout(NativeOp op, LiftContext context) throws NotLiftableException {
        Object[] arguments = op.function() instanceof org.nd4j.linalg.api.ops.Op op1 ? op1.extraArgs() : new Object[0];
        if (arguments == null || arguments.length == 0 || !(arguments[0] instanceof Number kept)) {
            throw new NotLiftableException("its probability is not known");
        }
        if (kept.doubleValue() != 1) {
            throw new NotLiftableException("SameDiff drops values in inference, too (it keeps " + kept + " of them)");
        }
        if (context.type(op.output()) != ElementType.FLOAT32) {
            throw new NotLiftableException("SameDiff's dropout makes floats of everything");
        }
        return identity(op, context);
    }

    /** Concatenation along a constant axis. */
    static Node concat(NativeOp op, LiftContext context) throws NotLiftableException {
        if (op.flag(0, false) || op.integers() != 1 || op.inputs().isEmpty()) {
            throw new NotLiftableException("its axis is computed");
        }
        if (op.inputs().size() == 1) {
            return identity(op, context);
        }
        int axis = op.integer(0, 0);
        List<Value> parts = op.inputs().stream().map(context::value).toList();
        Shape shape = parts.get(0).shape();
        int along = axis < 0 ? axis + shape.rank() : axis;
        if (along >= 0 && along < shape.rank()) {
            boolean known = parts.stream().allMatch(p -> p.shape().dim(along) >= 0);
            long size = parts.stream().mapToLong(p -> p.shape().dim(along)).sum();
            shape = shape.withDim(along, known ? size : Shape.UNKNOWN_DIM);
        }
        return new Concat(context.info(op), parts, context.output(op.output(), shape), axis);
    }
}
