package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Node;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/** Reads pad, and strided_slice and slice as paddings by negative amounts. Those that leave the tensor as it is are identities. */
final class CropReader {
    private CropReader() {}

    /** Padding with a constant; reflecting ones are none of the algebra's business. */
    static Node pad(NativeOp op, LiftContext context) throws NotLiftableException {
        Value input = context.computed(op, 0);
        if (op.integer(0, 0) != 0 || op.inputs().size() != 2) {
            throw new NotLiftableException("it does not fill in a constant");
        }
        INDArray amounts = context.array(op, 1, "amounts");
        if (amounts.rank() != 2 || amounts.size(1) != 2) {
            throw new NotLiftableException("its amounts are not pairs");
        }
        List<Integer> begin = new ArrayList<>();
        List<Integer> end = new ArrayList<>();
        for (int i = 0; i < amounts.size(0); i++) {
            begin.add(checked(amounts.getLong(i, 0)));
            end.add(checked(amounts.getLong(i, 1)));
        }
        return node(op, context, input, begin, end, op.number(0, 0));
    }

    private static int checked(long amount) throws NotLiftableException {
        if (amount < 0 || amount > ConvAxis.FURTHEST) {
            throw new NotLiftableException("it pads by " + amount);
        }
        return (int) amount;
    }

    /** What is left after cutting off the borders. */
    static Node crop(NativeOp op, LiftContext context) throws NotLiftableException {
        Value input = context.computed(op, 0);
        int rank = input.shape().rank();
        if (rank < 0) {
            throw new NotLiftableException("the rank of its input is not known");
        }
        SliceBounds bounds = SliceBounds.read(op, rank, (index, role) -> context.array(op, index, role));
        List<Integer> begin = new ArrayList<>();
        List<Integer> end = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            long size = input.shape().dim(axis);
            begin.add(Math.toIntExact(-bounds.cutBefore(axis, size)));
            end.add(Math.toIntExact(-bounds.cutBehind(axis, size)));
        }
        return node(op, context, input, begin, end, 0);
    }

    private static Node node(
            NativeOp op, LiftContext context, Value input, List<Integer> begin, List<Integer> end, double fill) {
        List<Integer> nothing = Collections.nCopies(begin.size(), 0);
        if (begin.equals(nothing) && end.equals(nothing)) {
            return new Identity(context.info(op), input, context.output(op.output(), input.shape()));
        }
        Shape shape = Shape.ofRank(begin.size());
        for (int i = 0; i < begin.size() && input.shape().rank() == begin.size(); i++) {
            long size = input.shape().dim(i);
            shape = shape.withDim(i, size < 0 ? size : Math.max(-1, size + begin.get(i) + end.get(i)));
        }
        Value output = context.output(op.output(), shape);
        return new Pad(context.info(op), input, output, begin, end, ChannelConstant.scalar(fill));
    }
}
