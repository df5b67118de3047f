package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Node;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/** Reads the ops without parameters: pad, identity, dropout, concat, avgpool2d. */
final class StructureReader {
    private StructureReader() {}

    /** Padding with a constant; reflecting ones are none of the algebra's business. */
    static Node pad(NativeOp op, LiftContext context) throws NotLiftableException {
        Value input = context.computed(op, 0);
        if (op.integer(0, 0) != 0 || op.inputs().size() != 2) {
            throw new NotLiftableException("it does not fill in a constant");
        }
        List<Integer> begin = new ArrayList<>();
        List<Integer> end = new ArrayList<>();
        INDArray amounts = context.array(op, 1, "amounts");
        if (amounts.rank() != 2 || amounts.size(1) != 2) {
            throw new NotLiftableException("its amounts are not pairs");
        }
        for (int i = 0; i < amounts.size(0); i++) {
            begin.add(amounts.getInt(i, 0));
            end.add(amounts.getInt(i, 1));
        }
        Shape shape = Shape.ofRank(begin.size());
        for (int i = 0; i < begin.size() && input.shape().rank() == begin.size(); i++) {
            long size = input.shape().dim(i);
            shape = shape.withDim(i, size < 0 ? size : Math.max(-1, size + begin.get(i) + end.get(i)));
        }
        return new Pad(
                context.info(op),
                input,
                context.output(op.output(), shape),
                begin,
                end,
                ChannelConstant.scalar(op.number(0, 0)));
    }

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

    /** Average pooling: integer arguments as conv2d's, then 1 if the padding counts, then 1 for channels last. */
    static Node averagePool(NativeOp op, LiftContext context) throws NotLiftableException {
        Value input = context.computed(op, 0);
        if (op.integer(8, 0) != 0 || op.integer(6, 1) != 1 || op.integer(7, 1) != 1) {
            throw new NotLiftableException("its padding is not explicit, or it is dilated");
        }
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int pad = op.integer(4 + i, 0);
            axes.add(new ConvAxis(op.integer(i, 1), op.integer(2 + i, 1), 1, pad, pad));
        }
        return new AveragePool(
                context.info(op),
                input,
                context.output(op.output(), Shapes.of(op, context)),
                ConvGeometry.of(axes),
                op.integer(9, 0) == 1,
                op.integer(10, 0) == 0 ? Layout.CHANNELS_FIRST : Layout.CHANNELS_LAST);
    }
}
