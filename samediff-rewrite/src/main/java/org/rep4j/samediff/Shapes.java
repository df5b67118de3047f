package org.rep4j.samediff;

import java.util.Arrays;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Shape;

/** Forward shape inference, as far as it is of use: sizes for SAME padding, ranks for broadcasting. */
final class Shapes {
    private static final Set<String> ELEMENTWISE = Set.of(
            "relu",
            "relu6",
            "lrelu",
            "prelu",
            "elu",
            "selu",
            "gelu",
            "precise_gelu",
            "mish",
            "swish",
            "sigmoid",
            "tanh",
            "hard_sigmoid",
            "hardsigmoid",
            "hardtanh",
            "hard_tanh",
            "hard_swish",
            "softplus",
            "softsign",
            "softmax",
            "log_softmax",
            "exp",
            "log",
            "neg",
            "abs",
            "square",
            "sqrt",
            "rsqrt",
            "clipbyvalue",
            "ClipByValue",
            "dropout",
            "identity",
            "add_scalar",
            "sub_scalar",
            "mul_scalar",
            "div_scalar",
            "rsub_scalar",
            "rdiv_scalar",
            "max_scalar",
            "min_scalar",
            "cast",
            "batchnorm");

    private static final Set<String> BROADCASTING =
            Set.of("add", "subtract", "multiply", "divide", "realdiv", "maximum");

    private Shapes() {}

    /** What an op writes that has no node of its own. */
    static Shape of(NativeOp op, LiftContext context) {
        if (op.inputs().isEmpty() || op.outputs().size() != 1) {
            return Shape.unknown();
        }
        Shape first = context.shape(op.inputs().get(0));
        if (ELEMENTWISE.contains(op.kind())) {
            return first;
        }
        if (BROADCASTING.contains(op.kind()) && op.inputs().size() == 2) {
            return broadcast(first, context.shape(op.inputs().get(1)));
        }
        if (op.function() instanceof ReduceOp reduce && op.inputs().size() == 1) {
            return reduced(first, op.function().getDimensions(), reduce.isKeepDims());
        }
        return switch (op.kind()) {
            case "permute" -> permuted(first, op);
            case "maxpool2d", "avgpool2d" -> pooled(first, op);
            case "flatten_2d" -> Shape.ofRank(2);
            // the first argument is the element order
            case "reshape" ->
                op.inputs().size() == 1 && op.integers() > 1 ? Shape.ofRank(op.integers() - 1) : Shape.unknown();
            default -> Shape.unknown();
        };
    }

    /** The shape that two operands broadcast to. */
    static Shape broadcast(Shape a, Shape b) {
        if (a.rank() < 0 || b.rank() < 0) {
            return Shape.unknown();
        }
        int rank = Math.max(a.rank(), b.rank());
        long[] dims = new long[rank];
        for (int i = 1; i <= rank; i++) {
            long left = i > a.rank() ? 1 : a.dim(-i);
            long right = i > b.rank() ? 1 : b.dim(-i);
            dims[rank - i] = left == 1 ? right : right == 1 || left == right ? left : Math.max(left, right);
        }
        return Shape.of(dims);
    }

    /** A shape without some axes, or with 1 for them; all axes go where there are none of them, or the number that stands for all. */
    private static Shape reduced(Shape from, int @Nullable [] axes, boolean keepsAxes) {
        int[] named = axes == null ? new int[0] : axes;
        boolean all = named.length == 0 || Arrays.stream(named).anyMatch(axis -> axis == Integer.MAX_VALUE);
        IntPredicate isGone = axis -> all || Arrays.stream(named).anyMatch(n -> Math.floorMod(n, from.rank()) == axis);
        return from.rank() < 0
                ? from
                : Shape.of(IntStream.range(0, from.rank())
                        .filter(axis -> keepsAxes || !isGone.test(axis))
                        .mapToLong(axis -> isGone.test(axis) ? 1 : from.dim(axis))
                        .toArray());
    }

    /** A shape with its axes in the order that a permute op gives. */
    private static Shape permuted(Shape from, NativeOp op) {
        if (op.integers() != from.rank()) {
            return op.integers() == 0 ? Shape.unknown() : Shape.ofRank(op.integers());
        }
        long[] dims = new long[from.rank()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = from.dim(op.integer(i, 0));
        }
        return Shape.of(dims);
    }

    private static Shape pooled(Shape from, NativeOp op) {
        Layout layout = op.integer(10, 0) == 0 ? Layout.CHANNELS_FIRST : Layout.CHANNELS_LAST;
        long[] sizes = layout.spatialSizes(from, 2);
        for (int i = 0; i < 2; i++) {
            int stride = Math.max(op.integer(2 + i, 1), 1);
            long window = (long) (op.integer(i, 1) - 1) * op.integer(6 + i, 1) + 1;
            if (sizes[i] >= 0) {
                sizes[i] = op.integer(8, 0) == 1
                        ? (sizes[i] + stride - 1) / stride
                        : (sizes[i] + 2L * op.integer(4 + i, 0) - window) / stride + 1;
            }
        }
        return layout.withSpatialSizes(from, sizes);
    }
}
