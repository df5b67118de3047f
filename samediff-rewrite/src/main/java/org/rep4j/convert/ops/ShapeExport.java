package org.rep4j.convert.ops;

import java.util.Arrays;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.onnx.OnnxType;

/** SameDiff's ops that give tensors another shape, or another order of the axes, as ONNX has them. */
final class ShapeExport {
    /** Operator set whose Reshape can make axes of no elements. */
    private static final int ALLOW_ZERO = 14;

    private ShapeExport() {}

    static void reshape(ExportedOp op) throws NotConvertibleException {
        long[] arguments = op.integers();
        int from = arguments.length > 0 && arguments[0] < Extent.INFERRED ? 1 : 0;
        requireRowMajor(op, from == 1 ? arguments[0] : -'c');
        if (op.count() > 1) {
            boolean zeros = op.integers(1).isEmpty()
                    || Arrays.stream(op.integers(1).get()).anyMatch(s -> s == 0);
            reshape(op, longs(op, 1), zeros);
            return;
        }
        long[] sizes = Arrays.copyOfRange(arguments, from, arguments.length);
        boolean zeros = Arrays.stream(sizes).anyMatch(s -> s == 0);
        if (zeros && op.opset() < ALLOW_ZERO) {
            throw op.unsupported("before opset " + ALLOW_ZERO + " sizes of zero mean something else");
        }
        reshape(op, op.vector(sizes), zeros);
    }

    private static void reshape(ExportedOp op, String shape, boolean zeros) throws NotConvertibleException {
        NodeWriter node = op.node("Reshape").reads(op.in(0), shape);
        if (zeros && op.opset() >= ALLOW_ZERO) {
            node.integer("allowzero", 1);
        }
        node.writes(0);
    }

    private static void requireRowMajor(ExportedOp op, long order) throws NotConvertibleException {
        if (Math.abs(order) != 'c') {
            throw op.unsupported("it reads the elements column by column");
        }
    }

    static void reshapeAs(ExportedOp op) throws NotConvertibleException {
        requireRowMajor(op, op.integer(0, 'c'));
        reshape(op, op.node("Shape").reads(op.in(1)).value(), true);
    }

    static void flatten(ExportedOp op) throws NotConvertibleException {
        requireRowMajor(op, op.integer(0, 'c'));
        if (op.count() == 1) {
            reshape(op, op.vector(Extent.INFERRED), false);
            return;
        }
        String[] rows = new String[op.count()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = op.node("Reshape")
                    .reads(op.in(i), op.vector(Extent.INFERRED))
                    .value();
        }
        op.node("Concat").reads(rows).integer("axis", 0).writes(0);
    }

    static void squeeze(ExportedOp op) throws NotConvertibleException {
        NodeWriter node = op.node("Squeeze").reads(op.in(0));
        if (op.integers().length > 0) {
            node.reads(op.vector(op.integers()));
        }
        node.writes(0);
    }

    static void expandDims(ExportedOp op) throws NotConvertibleException {
        long axis = op.count() > 1 ? axis(op, 1) : op.integer(0, 0);
        op.node("Unsqueeze").reads(op.in(0), op.vector(axis)).writes(0);
    }

    private static long axis(ExportedOp op, int input) throws NotConvertibleException {
        long[] axes = op.integers(input).orElseThrow(() -> op.unsupported("its axis is computed"));
        return axes[0];
    }

    static void permute(ExportedOp op) throws NotConvertibleException {
        long[] axes = op.integers();
        if (op.count() > 1) {
            axes = op.integers(1).orElseThrow(() -> op.unsupported("its order of axes is computed"));
        }
        if (axes.length == 0) {
            op.node("Transpose").reads(op.in(0)).writes(0);
            return;
        }
        int rank = axes.length;
        long[] order = Arrays.stream(axes).map(a -> Math.floorMod(a, rank)).toArray();
        op.node("Transpose").reads(op.in(0)).integers("perm", order).writes(0);
    }

    /** What an op that needs 64-bit integers reads: an input that has them, or is converted. */
    static String longs(ExportedOp op, int input) throws NotConvertibleException {
        return op.onnxType(input) == OnnxType.INT64 ? op.in(input) : op.cast(op.in(input), OnnxType.INT64);
    }
}
