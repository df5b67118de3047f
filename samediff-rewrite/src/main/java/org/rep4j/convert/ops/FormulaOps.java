package org.rep4j.convert.ops;

import static java.util.Map.entry;
import static org.rep4j.convert.ops.Plain.node;
import static org.rep4j.convert.ops.Plain.number;

import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.onnx.OnnxType;

/** Ops of SameDiff that are several of ONNX. */
public final class FormulaOps implements OpMapping {
    /** The first operator set that has Trilu. */
    private static final int TRILU_OPSET = 14;

    private static final int MASK = 3;

    @Override
    public Map<String, Importer> importers() {
        return Map.of();
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("biasadd", FormulaOps::writeBias),
                entry("dot_product_attention", FormulaOps::writeAttention),
                entry("normalize_moments", FormulaOps::writeMoments),
                entry("std", VarianceExport::deviation),
                entry("tf_atan2", FormulaOps::writeAngle),
                entry("tri", FormulaOps::writeTriangle),
                entry("triu", FormulaOps::writeUpperTriangle),
                entry("var", VarianceExport::variance));
    }

    /** One number for each channel, which are on the second axis if the flag says so, else on the last. */
    private static void writeBias(ExportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        if (!op.flag(0, false) || rank == 2) {
            op.node("Add").reads(op.all()).writes(0);
            return;
        }
        long[] form = LongStream.range(1, rank).map(i -> i == 1 ? -1 : 1).toArray();
        Optional<INDArray> constant = op.constant(1);
        String bias = constant.isPresent()
                ? op.initializer(1, constant.get().dup('c').reshape(form))
                : node(op, "Reshape", op.in(1), op.vector(form));
        op.node("Add").reads(op.in(0), bias).writes(0);
    }

    /** Queries, keys and values are columns: {@code v · softmax(kᵀ · q)}. */
    private static void writeAttention(ExportedOp op) throws NotConvertibleException {
        if (op.count() > MASK) {
            throw op.unsupported("it has a mask");
        }
        int rank = op.rank(1);
        int[] turned = IntStream.range(0, rank).toArray();
        turned[rank - 1] = rank - 2;
        turned[rank - 2] = rank - 1;
        String scores = node(op, "MatMul", op.permuted(1, turned), op.in(0));
        if (op.integer(0, 0) != 0) {
            long size = op.shape(op.in(0)).dim(rank - 2);
            if (size <= 0) {
                throw op.unsupported("the size of its queries is not known");
            }
            scores = node(op, "Mul", scores, number(op, 1 / Math.sqrt(size)));
        }
        NodeWriter softmax = op.node("Softmax").reads(scores).integer("axis", -2);
        String weights;
        if (op.wants(1)) {
            softmax.writes(1);
            weights = op.out(1);
        } else {
            weights = softmax.value();
        }
        op.node("MatMul").reads(op.in(2), weights).writes(0);
    }

    /** Mean and variance of so many numbers, of their sums and sums of squares. */
    private static void writeMoments(ExportedOp op) throws NotConvertibleException {
        if (op.number(0, 0) != 0) { // SameDiff cannot run that in single precision
            throw op.unsupported("it shifts the mean");
        }
        String count = op.type(0) == op.type(1) ? op.in(0) : op.cast(op.in(0), op.onnxType(1));
        String mean = node(op, "Div", op.in(1), count);
        if (op.wants(0)) {
            op.node("Identity").reads(mean).writes(0);
        }
        if (op.wants(1)) {
            String squares = node(op, "Div", op.in(2), count);
            op.node("Sub").reads(squares, node(op, "Mul", mean, mean)).writes(1);
        }
    }

    /**
     * The angle of (x, y), given as y and x: {@code atan(|y| / |x|)} in the quadrant that the signs tell, those of zeros too.
     * Where both are zero or infinite, the quotient is not a number and that of their signs stands for it.
     */
    private static void writeAngle(ExportedOp op) throws NotConvertibleException {
        String height = node(op, "Abs", op.in(0));
        String width = node(op, "Abs", op.in(1));
        String equal = node(op, "Equal", height, width);
        String slope = node(op, "Where", equal, node(op, "Sign", height), node(op, "Div", height, width));
        String angle = node(op, "Atan", slope);
        String left = node(op, "Sub", number(op, Math.PI), angle);
        String size = node(op, "Where", isNegative(op, op.in(1)), left, angle);
        op.node("Where")
                .reads(isNegative(op, op.in(0)), node(op, "Neg", size), size)
                .writes(0);
    }

    /** Whether the sign is −, which the reciprocal tells of zeros and the number itself of infinity. */
    private static String isNegative(ExportedOp op, String x) throws NotConvertibleException {
        String zero = number(op, 0);
        return node(op, "Or", node(op, "Less", x, zero), node(op, "Less", node(op, "Reciprocal", x), zero));
    }

    /** Ones where the column is not beyond a diagonal; depends on nothing. */
    private static void writeTriangle(ExportedOp op) throws NotConvertibleException {
        int rows = op.integer(0, 1);
        String row = node(op, "Unsqueeze", counted(op, rows), op.vector(1));
        String column = counted(op, op.integer(1, rows));
        String furthest = node(op, "Add", row, op.scalar(op.integer(2, 0), OnnxType.INT64));
        op.node("Cast")
                .reads(node(op, "LessOrEqual", column, furthest))
                .integer("to", op.onnxOutputType(0).number())
                .writes(0);
    }

    private static String counted(ExportedOp op, int count) {
        return node(
                op,
                "Range",
                op.scalar(0, OnnxType.INT64),
                op.scalar(count, OnnxType.INT64),
                op.scalar(1, OnnxType.INT64));
    }

    private static void writeUpperTriangle(ExportedOp op) throws NotConvertibleException {
        if (op.opset() < TRILU_OPSET) {
            throw op.unsupported("opset " + op.opset() + " has no Trilu");
        }
        op.node("Trilu")
                .reads(op.in(0), op.scalar(op.integer(0, 0), OnnxType.INT64))
                .integer("upper", 1)
                .writes(0);
    }
}
