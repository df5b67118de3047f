package org.rep4j.convert.ops;

import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.onnx.OnnxType;

/** Writes SameDiff's normalizations as ONNX ops. */
final class NormalizationExport {
    private NormalizationExport() {}

    /** Inputs x, mean, variance, then γ and β where the first two integer arguments say so; the third is the axis of the channels. */
    static void batch(ExportedOp op) throws NotConvertibleException {
        if (op.integers().length > 3) {
            throw op.unsupported("it normalizes along " + (op.integers().length - 2) + " axes");
        }
        boolean scales = op.integer(0, 0) != 0;
        boolean shifts = op.integer(1, 0) != 0;
        int rank = op.rank(0);
        int axis = Math.floorMod(op.integer(2, -1), rank);
        String scale = scales ? vector(op, 3) : filled(op, 1);
        String shift = shifts ? vector(op, scales ? 4 : 3) : filled(op, 0);
        int[] order = IntStream.range(0, rank).toArray();
        if (rank < 2) {
            throw op.unsupported("its input has " + rank + " axes");
        }
        order[1] = axis;
        order[axis] = 1;
        NodeWriter node = op.node("BatchNormalization")
                .reads(axis == 1 ? op.in(0) : op.permuted(0, order))
                .reads(scale, shift, vector(op, 1), vector(op, 2))
                .number("epsilon", op.number(0, 1e-5));
        if (axis == 1) {
            node.writes(0);
            return;
        }
        op.node("Transpose")
                .reads(node.value())
                .integers("perm", IntStream.of(order).asLongStream().toArray())
                .writes(0);
    }

    /** An input with one number for each channel. */
    private static String vector(ExportedOp op, int input) throws NotConvertibleException {
        Optional<INDArray> constant = op.constant(input);
        if (op.rank(input) == 1) {
            return op.in(input);
        }
        return constant.isPresent()
                ? op.initializer(
                        input, constant.get().dup('c').reshape(constant.get().length()))
                : op.node("Reshape").reads(op.in(input), op.vector(-1)).value();
    }

    private static String filled(ExportedOp op, double value) throws NotConvertibleException {
        long channels = NativeWeights.sizes(op, 1)[0];
        if (channels < 0) {
            throw op.unsupported("the number of its channels is not known");
        }
        return op.constant(Nd4j.valueArrayOf(new long[] {channels}, value, op.type(0)));
    }

    private static long[] axes(ExportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        if (op.integers().length == 0) {
            throw op.unsupported("it does not name its axes");
        }
        return LongStream.of(op.integers())
                .map(a -> Math.floorMod(a, (long) rank))
                .toArray();
    }

    /** x − mean and the deviation, along the axes that the integer arguments name. */
    private static NodeWriter standardized(ExportedOp op) throws NotConvertibleException {
        long[] axes = axes(op);
        OnnxType type = op.onnxType(0);
        String centered =
                op.node("Sub").reads(op.in(0), mean(op, op.in(0), axes)).value();
        String squares = op.node("Mul").reads(centered, centered).value();
        String deviation = op.node("Sqrt").reads(mean(op, squares, axes)).value();
        // SameDiff has zeros where all elements are the same
        double smallest = type == OnnxType.FLOAT16 ? 0x1p-24 : Float.MIN_NORMAL;
        String divisor =
                op.node("Max").reads(deviation, op.scalar(smallest, type)).value();
        return op.node("Div").reads(centered, divisor);
    }

    private static String mean(ExportedOp op, String x, long... axes) {
        NodeWriter node = op.node("ReduceMean").reads(x).integer("keepdims", 1);
        return op.opset() < 18
                ? node.integers("axes", axes).value()
                : node.reads(op.vector(axes)).value();
    }

    static void standardize(ExportedOp op) throws NotConvertibleException {
        standardized(op).writes(0);
    }

    /** A standardization, then a scale and perhaps a shift for each channel: of the second axis if the boolean argument says so. */
    static void layer(ExportedOp op) throws NotConvertibleException {
        boolean shifts = op.count() > 2;
        String x = standardized(op).value();
        NodeWriter scaled = op.node("Mul").reads(x, perChannel(op, 1));
        if (shifts) {
            op.node("Add").reads(scaled.value(), perChannel(op, 2)).writes(0);
        } else {
            scaled.writes(0);
        }
    }

    private static String perChannel(ExportedOp op, int input) throws NotConvertibleException {
        int rank = op.rank(0);
        if (!op.flag(0, false) || rank <= 2) {
            return op.in(input);
        }
        long[] form = LongStream.range(1, rank).map(i -> i == 1 ? -1 : 1).toArray();
        return op.node("Reshape").reads(op.in(input), op.vector(form)).value();
    }

    /** Sums squares along the last axis: the argument tells how many at each side, the numbers are bias, alpha, beta. */
    static void acrossChannels(ExportedOp op) throws NotConvertibleException {
        int size = 2 * op.integer(0, 5) + 1;
        String x = op.permuted(0, 0, 3, 1, 2);
        String normalized = op.node("LRN")
                .reads(x)
                .integer("size", size)
                .number("bias", op.number(0, 1))
                .number("alpha", op.number(1, 1) * size)
                .number("beta", op.number(2, 0.5))
                .value();
        op.node("Transpose").reads(normalized).integers("perm", 0, 2, 3, 1).writes(0);
    }

    /** Mean and variance. */
    static void moments(ExportedOp op) throws NotConvertibleException {
        boolean keeps = op.flag(0, op.number(0, 0) != 0);
        long[] axes = axes(op);
        String mean = mean(op, op.in(0), axes);
        String centered = op.node("Sub").reads(op.in(0), mean).value();
        String squares = op.node("Mul").reads(centered, centered).value();
        reduced(op, op.in(0), axes, keeps, 0);
        reduced(op, squares, axes, keeps, 1);
    }

    private static void reduced(ExportedOp op, String x, long[] axes, boolean keeps, int output) {
        if (!op.wants(output)) {
            return;
        }
        NodeWriter node = op.node("ReduceMean").reads(x).integer("keepdims", keeps ? 1 : 0);
        (op.opset() < 18 ? node.integers("axes", axes) : node.reads(op.vector(axes))).writes(output);
    }
}
