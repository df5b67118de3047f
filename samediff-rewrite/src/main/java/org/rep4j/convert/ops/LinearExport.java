package org.rep4j.convert.ops;

import java.util.stream.LongStream;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NotConvertibleException;

/** Writes SameDiff's products of matrices as ONNX's MatMul. */
final class LinearExport {
    private LinearExport() {}

    /**
     * A product; integer arguments say which of left side, right side and result are transposed, the numbers are a factor and, for a
     * third input, that of what is added.
     */
    static void matmul(ExportedOp op) throws NotConvertibleException {
        if (op.count() > 2) {
            throw op.unsupported("it adds to a product");
        }
        boolean turnsResult = op.integer(2, 0) != 0;
        double factor = op.number(0, 1);
        String left = turned(op, 0, op.integer(0, 0) != 0);
        String right = turned(op, 1, op.integer(1, 0) != 0);
        if (!turnsResult && factor == 1) {
            op.node("MatMul").reads(left, right).writes(0);
            return;
        }
        String product = op.node("MatMul").reads(left, right).value();
        if (!turnsResult) {
            op.node("Mul").reads(product, op.scalar(factor, op.onnxType(0))).writes(0);
            return;
        }
        if (factor != 1) {
            product = op.node("Mul")
                    .reads(product, op.scalar(factor, op.onnxType(0)))
                    .value();
        }
        op.node("Transpose")
                .reads(product)
                .integers("perm", swapped(op.rank(0)))
                .writes(0);
    }

    /** An input whose last two axes may change places. */
    private static String turned(ExportedOp op, int input, boolean turns) throws NotConvertibleException {
        if (!turns || op.rank(input) < 2) {
            return op.in(input);
        }
        int[] order =
                LongStream.of(swapped(op.rank(input))).mapToInt(i -> (int) i).toArray();
        return op.permuted(input, order);
    }

    private static long[] swapped(int rank) {
        long[] order = LongStream.range(0, rank).toArray();
        order[rank - 1] = rank - 2;
        order[rank - 2] = rank - 1;
        return order;
    }

    /** A product of the first two inputs, which integer arguments may say are transposed, plus the third. */
    static void layer(ExportedOp op) throws NotConvertibleException {
        op.node("Add").reads(product(op), op.in(2)).writes(0);
    }

    static void reluLayer(ExportedOp op) throws NotConvertibleException {
        String sum = op.node("Add").reads(product(op), op.in(2)).value();
        op.node("Relu").reads(sum).writes(0);
    }

    private static String product(ExportedOp op) throws NotConvertibleException {
        String left = turned(op, 0, op.integer(0, 0) != 0);
        String right = turned(op, 1, op.integer(1, 0) != 0);
        if (op.integer(2, 0) != 0) {
            throw op.unsupported("it transposes its result");
        }
        return op.node("MatMul").reads(left, right).value();
    }
}
