package org.rep4j.samediff;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/** Reads ops that can change a tensor but, as they are used here, do not: a cast to the same type, a reshape to the same shape. */
final class NoOpReader implements OpSeriesReader {

    @Override
    public List<Node> read(NativeOp op, LiftContext context) throws NotLiftableException {
        Value input = context.computed(op, 0);
        boolean changesNothing = context.type(op.output()).isFloatingPoint()
                && context.type(op.output()) == context.type(op.inputs().get(0))
                && isIdentity(op, input.shape(), context);
        return changesNothing
                ? List.of(new Identity(context.info(op), input, context.output(op.output(), input.shape())))
                : List.of();
    }

    private static boolean isIdentity(NativeOp op, Shape input, LiftContext context) throws NotLiftableException {
        return switch (op.kind()) {
            case "cast" -> op.inputs().size() == 1;
            case "reshape" -> op.integer(0, 0) == NativeOp.C_ORDER && isSame(input, arguments(op, 1, context));
            case "permute" -> isInOrder(arguments(op, 0, context));
            case "transpose" -> input.rank() == 0 || input.rank() == 1;
            case "tile" ->
                op.inputs().size() == 1 && Arrays.stream(op.arguments()).allMatch(n -> n == 1);
            case "maxpool2d" -> isPointwise(op, 2);
            default -> throw new IllegalArgumentException(op.kind());
        };
    }

    /** The op's integers, or those of its second input; none if they are computed. */
    private static long[] arguments(NativeOp op, int skipped, LiftContext context) throws NotLiftableException {
        if (op.inputs().size() == 1) {
            long[] own = op.arguments();
            return Arrays.copyOfRange(own, Math.min(skipped, own.length), own.length);
        }
        if (op.inputs().size() != 2
                || !context.constants().isConstant(op.inputs().get(1))) {
            return new long[0];
        }
        INDArray array = context.array(op, 1, "shape");
        return Arrays.stream(NdArrayData.elements(array))
                .mapToLong(d -> (long) d)
                .toArray();
    }

    /** Whether the wanted shape is the given one: of one axis at most need the size not be known, for it follows from the rest. */
    private static boolean isSame(Shape shape, long[] wanted) {
        if (wanted.length == 0 || shape.rank() != wanted.length) {
            return false;
        }
        int open = 0;
        for (int i = 0; i < wanted.length; i++) {
            if (shape.dim(i) < 0 || wanted[i] == -1) {
                open++;
            } else if (shape.dim(i) != wanted[i]) {
                return false;
            }
        }
        return open <= 1 && Arrays.stream(wanted).allMatch(d -> d == -1 || d > 0);
    }

    private static boolean isInOrder(long[] axes) {
        return axes.length > 0
                && Arrays.equals(axes, LongStream.range(0, axes.length).toArray());
    }

    /** Whether a pool has one tap, stride 1 and no padding. */
    static boolean isPointwise(NativeOp op, int axes) {
        for (int i = 0; i < axes; i++) {
            boolean same = op.integer(4 * axes, 0) == 1;
            if (op.integer(i, 0) != 1 || op.integer(axes + i, 0) != 1 || (!same && op.integer(2 * axes + i, 0) != 0)) {
                return false;
            }
        }
        return true;
    }
}
