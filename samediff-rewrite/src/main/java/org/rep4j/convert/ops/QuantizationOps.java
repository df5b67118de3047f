package org.rep4j.convert.ops;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Rint;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.graph.Shape;

/**
 * Numbers in 8, 16 or 32 bits that stand for real ones: {@code (quantized − zero point) · scale}. SameDiff has no ops for them; what
 * is computed here is the arithmetic that defines them, rounded half to even and saturated.
 */
public final class QuantizationOps implements OpMapping {
    private static final Map<DataType, long[]> RANGES = Map.of(
            DataType.UBYTE, new long[] {0, 255},
            DataType.BYTE, new long[] {-128, 127},
            DataType.UINT16, new long[] {0, 65535},
            DataType.SHORT, new long[] {-32768, 32767});

    /** ONNX's number for the format that is written where nothing else is said. */
    private static final long UNSAID = 0;

    /** Number of steps from the least to the largest of eight bits. */
    private static final double BYTES = 255;

    @Override
    public Map<String, Importer> importers() {
        return Map.of(
                "QuantizeLinear", QuantizationOps::quantize,
                "DequantizeLinear", QuantizationOps::dequantize,
                "DynamicQuantizeLinear", QuantizationOps::quantizeDynamically,
                "MatMulInteger", QuantizationOps::multiplyIntegers,
                "QLinearMatMul", QuantizationOps::multiplyQuantized);
    }

    /** None: the ops that are written belong to other families. */
    @Override
    public Map<String, Exporter> exporters() {
        return Map.of();
    }

    private static List<SDVariable> quantize(ImportedOp op) throws NotConvertibleException {
        requirePlain(op);
        DataType real = op.type(1);
        DataType type = op.has(2) ? op.type(2) : DataType.UBYTE;
        SDVariable zero = op.has(2) ? along(op, 2).castTo(real) : null;
        SDVariable scaled = op.in(0).castTo(real).div(along(op, 1));
        return ImportedOp.result(stored(op, scaled, zero, type));
    }

    private static List<SDVariable> dequantize(ImportedOp op) throws NotConvertibleException {
        requirePlain(op);
        SDVariable distance = op.in(0).castTo(DataType.INT);
        if (op.has(2)) {
            distance = distance.sub(along(op, 2).castTo(DataType.INT));
        }
        return ImportedOp.result(distance.castTo(op.type(1)).mul(along(op, 1)));
    }

    private static void requirePlain(ImportedOp op) throws NotConvertibleException {
        if (op.node().integer("block_size", 0) != 0) {
            throw op.unsupported("its scales are those of blocks");
        }
        if (op.node().integer("output_dtype", UNSAID) != UNSAID && !op.has(2)) {
            throw op.unsupported("its output_dtype stands instead of a zero point");
        }
    }

    /** A scale or a zero point of the whole input, or of each element along an axis, in a shape that broadcasts. */
    private static SDVariable along(ImportedOp op, int input) throws NotConvertibleException {
        Shape shape = op.shape(input);
        if (shape.rank() == 0) {
            return op.in(input);
        }
        if (shape.rank() < 0) {
            throw op.unsupported("the shape of its scale is not known");
        }
        if (shape.rank() > 1) {
            throw op.unsupported("its scales are those of blocks");
        }
        if (shape.dim(0) == 1) {
            return op.graph().reshape(op.in(input));
        }
        int rank = op.rank(0);
        int axis = op.axis(op.node().integer("axis", 1), rank);
        long size = op.shape(0).dim(axis);
        if (size >= 0 && shape.dim(0) >= 0 && size != shape.dim(0)) {
            throw op.invalid(
                    "has " + shape.dim(0) + " scales or zero points for " + size + " elements of axis " + axis);
        }
        long[] dims = new long[rank];
        Arrays.fill(dims, 1);
        dims[axis] = -1;
        return op.graph().reshape(op.in(input), dims);
    }

    private static SDVariable stored(ImportedOp op, SDVariable scaled, @Nullable SDVariable zero, DataType type)
            throws NotConvertibleException {
        long[] range = RANGES.get(type);
        if (range == null) {
            throw op.unsupported("it writes elements of type " + type);
        }
        SDVariable rounded = new Rint(op.graph(), scaled, false).outputVariable();
        SDVariable shifted = zero == null ? rounded : rounded.add(zero);
        return op.graph().math().clipByValue(shifted, range[0], range[1]).castTo(type);
    }

    /** Scale and zero point are such that 0…255 spans the numbers of the input and zero. */
    private static List<SDVariable> quantizeDynamically(ImportedOp op) throws NotConvertibleException {
        SameDiff graph = op.graph();
        DataType real = op.type(0);
        SDVariable none = op.scalar(0, real);
        SDVariable least = graph.math().min(op.in(0).min(), none);
        SDVariable width = graph.math().max(op.in(0).max(), none).sub(least);
        // Where all are zero, any scale will do: 1, as ONNX Runtime has it.
        SDVariable levels = op.scalar(BYTES, real);
        SDVariable scale =
                width.add(graph.eq(width, none).castTo(real).mul(levels)).div(levels);
        SDVariable zero = stored(op, none.sub(least).div(scale), null, DataType.UBYTE);
        SDVariable quantized = stored(op, op.in(0).div(scale), zero.castTo(real), DataType.UBYTE);
        return List.of(quantized, scale, zero);
    }

    private static List<SDVariable> multiplyIntegers(ImportedOp op) throws NotConvertibleException {
        return ImportedOp.result(
                product(op, 0, op.has(2) ? 2 : -1, 1, op.has(3) ? 3 : -1).castTo(DataType.INT));
    }

    private static List<SDVariable> multiplyQuantized(ImportedOp op) throws NotConvertibleException {
        DataType real = op.type(1);
        SDVariable scale = factor(op, 1, true).mul(factor(op, 4, false)).div(factor(op, 6, true));
        SDVariable scaled = product(op, 0, 2, 3, 5).castTo(real).mul(scale);
        return ImportedOp.result(stored(op, scaled, factor(op, 7, true).castTo(real), op.type(7)));
    }

    /** The product of two inputs without their zero points, in doubles: exact for sums of so many small integers. */
    private static SDVariable product(ImportedOp op, int left, int leftZero, int right, int rightZero)
            throws NotConvertibleException {
        SDVariable a = op.in(left).castTo(DataType.DOUBLE);
        SDVariable b = op.in(right).castTo(DataType.DOUBLE);
        SDVariable x = leftZero < 0 ? a : a.sub(factor(op, leftZero, true).castTo(DataType.DOUBLE));
        SDVariable y = rightZero < 0 ? b : b.sub(factor(op, rightZero, false).castTo(DataType.DOUBLE));
        return MatrixProduct.of(op, x, left, y, right);
    }

    /** A scale or zero point of a whole matrix, of each of its rows or of each of its columns. */
    private static SDVariable factor(ImportedOp op, int input, boolean ofRows) throws NotConvertibleException {
        int rank = op.rank(input);
        if (rank == 1 && op.shape(input).dim(0) == 1) {
            return op.graph().reshape(op.in(input));
        }
        return rank == 1 && ofRows ? op.graph().reshape(op.in(input), -1, 1) : op.in(input);
    }
}
