package org.rep4j.samediff;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The ops that weights and BatchNorm statistics go through on their way to the op that uses them. Those that move elements give
 * views; arithmetic is done in double precision.
 */
final class ConstantOps {
    private static final int C_ORDER = -'c';

    private static final Map<String, UnaryOperator<INDArray>> UNARY = Map.of(
            "identity", a -> a,
            "sqrt", a -> Transforms.sqrt(a, true),
            "rsqrt", a -> Transforms.sqrt(a, true).rdivi(1),
            "square", a -> a.mul(a),
            "neg", INDArray::neg,
            "reciprocal", a -> a.rdiv(1));

    private static final Map<String, BinaryOperator<INDArray>> BINARY = Map.of(
            "add", INDArray::add,
            "subtract", INDArray::sub,
            "multiply", INDArray::mul,
            "divide", INDArray::div,
            "realdiv", INDArray::div,
            "add_scalar", INDArray::add,
            "sub_scalar", INDArray::sub,
            "mul_scalar", INDArray::mul,
            "div_scalar", INDArray::div,
            "rdiv_scalar", INDArray::rdiv);

    private ConstantOps() {}

    /** Whether {@link #evaluate} knows the op. */
    static boolean isKnown(NativeOp op) {
        return switch (op.kind()) {
            case "permute" -> op.inputs().size() == 1 && op.integers() > 0;
            case "reshape" -> op.inputs().size() == 1 && op.integers() > 1 && op.integer(0, 0) == C_ORDER;
            case "split" -> op.inputs().size() == 1 && op.integers() == 2;
            default -> op.inputs().size() == operands(op);
        };
    }

    /** Number of inputs that an arithmetic op must have, −1 if it is none. */
    private static int operands(NativeOp op) {
        if (UNARY.containsKey(op.kind())) {
            return 1;
        }
        return BINARY.containsKey(op.kind()) ? (op.function() instanceof ScalarOp ? 1 : 2) : -1;
    }

    /** Output {@code index} of the op for these inputs; empty if they do not fit. */
    static Optional<INDArray> evaluate(NativeOp op, INDArray[] inputs, int index) {
        return switch (op.kind()) {
            case "permute" -> permute(inputs[0], arguments(op));
            case "reshape" -> reshape(inputs[0], Arrays.copyOfRange(arguments(op), 1, op.integers()));
            case "split" -> split(inputs[0], op.integer(0, 1), op.integer(1, 0), index);
            default -> arithmetic(op, inputs);
        };
    }

    private static long[] arguments(NativeOp op) {
        return ((CustomOp) op.function()).iArgs();
    }

    private static Optional<INDArray> permute(INDArray array, long[] axes) {
        long[] sorted = axes.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            if (sorted[i] != i) {
                return Optional.empty();
            }
        }
        return axes.length == array.rank()
                ? Optional.of(array.permute(
                        Arrays.stream(axes).mapToInt(Math::toIntExact).toArray()))
                : Optional.empty();
    }

    private static Optional<INDArray> reshape(INDArray array, long[] shape) {
        long known = Arrays.stream(shape).filter(d -> d != -1).reduce(1, (a, b) -> a * b);
        long unknown = Arrays.stream(shape).filter(d -> d == -1).count();
        if (known <= 0 || unknown > 1 || array.length() % known != 0 || (unknown == 0 && array.length() != known)) {
            return Optional.empty();
        }
        long[] resolved = Arrays.stream(shape)
                .map(d -> d == -1 ? array.length() / known : d)
                .toArray();
        return Optional.of(array.reshape('c', resolved));
    }

    private static Optional<INDArray> split(INDArray array, int parts, int axis, int part) {
        int along = axis < 0 ? axis + array.rank() : axis;
        if (along < 0 || along >= array.rank() || parts < 1 || array.size(along) % parts != 0) {
            return Optional.empty();
        }
        long size = array.size(along) / parts;
        INDArrayIndex[] range = new INDArrayIndex[array.rank()];
        Arrays.fill(range, NDArrayIndex.all());
        range[along] = NDArrayIndex.interval(part * size, (part + 1) * size);
        return Optional.of(array.get(range));
    }

    private static Optional<INDArray> arithmetic(NativeOp op, INDArray[] inputs) {
        for (INDArray input : inputs) {
            if (!input.dataType().isFPType()) {
                return Optional.empty();
            }
        }
        UnaryOperator<INDArray> unary = UNARY.get(op.kind());
        if (unary != null) {
            return Optional.of(unary.apply(inDouble(inputs[0])));
        }
        INDArray second = inputs.length == 2 ? inputs[1] : ((ScalarOp) op.function()).scalar();
        BinaryOperator<INDArray> binary = BINARY.get(op.kind());
        if (binary == null || second == null || !broadcasts(inputs[0].shape(), second.shape())) {
            return Optional.empty();
        }
        return Optional.of(binary.apply(inDouble(inputs[0]), inDouble(second)));
    }

    /** Arithmetic never writes to what the graph owns: a copy even where the type is right. */
    private static INDArray inDouble(INDArray array) {
        return array.dataType() == DataType.DOUBLE ? array.dup() : array.castTo(DataType.DOUBLE);
    }

    private static boolean broadcasts(long[] a, long[] b) {
        for (int i = 1; i <= Math.min(a.length, b.length); i++) {
            long left = a[a.length - i];
            long right = b[b.length - i];
            if (left != right && left != 1 && right != 1) {
                return false;
            }
        }
        return true;
    }
}
