package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.shape.StridedSlice;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;

/** Ops that make sizes of tensors, tensors of sizes, and what is decided by positions alone. */
public final class SourceOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("Shape", SourceOps::shape),
                entry("Size", op -> ImportedOp.result(op.graph().size(op.in(0)))),
                entry("ConstantOfShape", SourceOps::constantOfShape),
                entry("Range", SourceOps::range),
                entry("EyeLike", SourceOps::eyeLike),
                entry("Trilu", SourceOps::trilu));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("shape_of", SourceOps::writeShape),
                entry(
                        "size",
                        op -> converted(op, op.node("Size").reads(op.in(0)).value(), OnnxType.INT64)),
                entry("size_at", SourceOps::writeSizeAt),
                entry("rank", SourceOps::writeRank),
                entry("fill", SourceOps::writeFill),
                entry("ones_as", op -> writeLike(op, 1)),
                entry("oneslike", op -> writeLike(op, 1)),
                entry("zeros_as", op -> writeLike(op, 0)),
                entry("zeroslike", op -> writeLike(op, 0)),
                entry("range", SourceOps::writeRange),
                entry("lin_space", SourceOps::writeLinearSpace),
                entry("eye", SourceOps::writeEye));
    }

    private static List<SDVariable> shape(ImportedOp op) throws NotConvertibleException {
        SDVariable sizes = op.sizes(0);
        long start = op.node().integer("start", 0);
        if (start == 0 && !op.node().hasAttribute("end")) {
            return ImportedOp.result(sizes);
        }
        int rank = op.rank(0);
        long from = clamped(start, rank);
        long to = clamped(op.node().integer("end", rank), rank);
        if (to <= from) {
            return ImportedOp.result(op.vector());
        }
        return ImportedOp.result(new StridedSlice(op.graph(), sizes, new long[] {from}, new long[] {to}, new long[] {1})
                .outputVariable());
    }

    private static long clamped(long axis, int rank) {
        return Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis));
    }

    private static List<SDVariable> constantOfShape(ImportedOp op) {
        INDArray value = op.tensor("value").orElseGet(() -> Nd4j.createFromArray(0f));
        if (value.length() != 1) {
            throw op.invalid("repeats a value of " + value.length() + " elements");
        }
        if (value.dataType() == DataType.BOOL) { // fill knows no truth values
            SDVariable bytes = op.graph().fill(op.in(0), DataType.BYTE, value.getDouble(0));
            return ImportedOp.result(bytes.castTo(DataType.BOOL));
        }
        return ImportedOp.result(op.graph().fill(op.in(0), value.dataType(), value.getDouble(0)));
    }

    private static List<SDVariable> range(ImportedOp op) throws NotConvertibleException {
        requireEnd(op);
        DataType type = op.type(0);
        SDVariable length = op.in(1).sub(op.in(0)).castTo(DataType.DOUBLE);
        SDVariable count = op.graph().math().ceil(length.div(op.in(2).castTo(DataType.DOUBLE)));
        SDVariable any = op.graph().math().max(count.castTo(DataType.LONG), op.scalar(0, DataType.LONG));
        // libnd4j's own range lacks the last of integers that go down
        SDVariable steps = Elements.as(positions(op, Extent.of(any)), type);
        return ImportedOp.result(steps.mul(op.in(2)).add(op.in(0)));
    }

    /** A range whose numbers are all known can be told to be endless, or too long, before it is tried. */
    private static void requireEnd(ImportedOp op) throws NotConvertibleException {
        double step = op.isConstant(2) ? op.number(2, 1) : 1;
        if (step == 0) {
            throw op.invalid("has steps of 0");
        }
        if (op.isConstant(0) && op.isConstant(1) && op.isConstant(2)) {
            double length = op.number(1, 0) - op.number(0, 0);
            if (length / step > Integer.MAX_VALUE) {
                throw op.invalid("has " + length / step + " elements, which is too many to be held");
            }
        }
    }

    private static List<SDVariable> eyeLike(ImportedOp op) throws NotConvertibleException {
        if (op.rank(0) != 2) {
            throw op.invalid("makes a diagonal in " + op.rank(0) + " axes");
        }
        long type = op.node().integer("dtype", -1);
        DataType wanted = type < 0 ? op.type(0) : op.dataType(type);
        SDVariable distance = distance(op);
        SDVariable diagonal = op.graph().eq(distance, op.scalar(op.node().integer("k", 0), DataType.LONG));
        return ImportedOp.result(wanted == DataType.BOOL ? diagonal : diagonal.castTo(wanted));
    }

    /** For each element of the last two axes its column minus its row: [rows, columns], 64-bit integers. */
    private static SDVariable distance(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        Extent rows = Extent.of(op, 0, rank - 2);
        Extent columns = Extent.of(op, 0, rank - 1);
        SDVariable row = op.graph().expandDims(positions(op, rows), 1);
        // of a vector and a matrix of one element libnd4j would make a vector
        return op.graph().expandDims(positions(op, columns), 0).sub(row);
    }

    /** The integers from 0 to a size, without it. */
    static SDVariable positions(ImportedOp op, Extent size) {
        if (size.isKnown()) {
            return op.vector(IntStream.range(0, Math.toIntExact(size.known()))
                    .asLongStream()
                    .toArray());
        }
        return op.graph()
                .range(op.scalar(0, DataType.LONG), size.variable(op), op.scalar(1, DataType.LONG), DataType.LONG);
    }

    private static List<SDVariable> trilu(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        if (rank < 2) {
            throw op.invalid("takes a triangle of " + rank + " axes");
        }
        SameDiff graph = op.graph();
        SDVariable diagonal = op.has(1) ? op.in(1) : op.scalar(0, DataType.LONG);
        SDVariable distance = distance(op);
        boolean upper = op.node().integer("upper", 1) != 0;
        SDVariable keep = upper ? graph.gte(distance, diagonal) : graph.lte(distance, diagonal);
        SDVariable x = op.in(0);
        SDVariable everywhere = ExpansionOps.broadcast(op, keep, outer(op), Extent.all(op, 0));
        return ImportedOp.result(graph.where(x, graph.zerosLike(x), everywhere));
    }

    private static Shape outer(ImportedOp op) {
        return Shape.of(op.shape(0).dim(-2), op.shape(0).dim(-1));
    }

    /** A value as the op's output, converted if SameDiff has elements of another type there. */
    static void converted(ExportedOp op, String value, OnnxType type) throws NotConvertibleException {
        OnnxType wanted = op.onnxOutputType(0);
        if (wanted == type) {
            op.node("Identity").reads(value).writes(0);
        } else {
            op.node("Cast").reads(value).integer("to", wanted.number()).writes(0);
        }
    }

    private static void writeShape(ExportedOp op) throws NotConvertibleException {
        if (op.onnxOutputType(0) == OnnxType.INT64) {
            op.node("Shape").reads(op.in(0)).writes(0);
        } else {
            converted(op, op.node("Shape").reads(op.in(0)).value(), OnnxType.INT64);
        }
    }

    private static void writeSizeAt(ExportedOp op) throws NotConvertibleException {
        String sizes = op.node("Shape").reads(op.in(0)).value();
        String index = op.scalar(op.integer(0, 0), OnnxType.INT64);
        op.node("Gather").reads(sizes, index).integer("axis", 0).writes(0);
    }

    private static void writeRank(ExportedOp op) throws NotConvertibleException {
        String sizes = op.node("Shape").reads(op.in(0)).value();
        converted(op, op.node("Size").reads(sizes).value(), OnnxType.INT64);
    }

    private static void writeFill(ExportedOp op) throws NotConvertibleException {
        OnnxType type = op.onnxOutputType(0);
        String value;
        if (op.count() > 1) {
            value = op.onnxType(1) == type ? op.in(1) : op.cast(op.in(1), type);
        } else {
            value = op.scalar(op.number(0, 0), type);
        }
        op.node("Expand").reads(value, ShapeExport.longs(op, 0)).writes(0);
    }

    private static void writeLike(ExportedOp op, double value) throws NotConvertibleException {
        String sizes = op.node("Shape").reads(op.in(0)).value();
        op.node("Expand").reads(op.scalar(value, op.onnxOutputType(0)), sizes).writes(0);
    }

    private static void writeRange(ExportedOp op) throws NotConvertibleException {
        OnnxType type = op.onnxOutputType(0);
        String[] bounds = new String[3];
        for (int i = 0; i < bounds.length; i++) {
            if (op.count() == bounds.length) {
                bounds[i] = op.onnxType(i) == type ? op.in(i) : op.cast(op.in(i), type);
            } else {
                bounds[i] = op.scalar(bound(op, i), type);
            }
        }
        op.node("Range").reads(bounds).writes(0);
    }

    private static double bound(ExportedOp op, int index) throws NotConvertibleException {
        double number = op.number(index, op.integers().length == 3 ? op.integers()[index] : Double.NaN);
        if (Double.isNaN(number)) {
            throw op.unsupported("its bounds are not known");
        }
        return number;
    }

    private static void writeLinearSpace(ExportedOp op) throws NotConvertibleException {
        double[] bounds = new double[3];
        for (int i = 0; i < bounds.length; i++) {
            Optional<INDArray> constant = op.constant(i);
            bounds[i] = constant.isPresent() ? constant.get().getDouble(0) : op.number(i, Double.NaN);
        }
        if (Arrays.stream(bounds).anyMatch(Double::isNaN)) {
            throw op.unsupported("its bounds are computed");
        }
        INDArray points = Nd4j.linspace(DataType.DOUBLE, bounds[0], stride(bounds), (long) bounds[2]);
        String value = op.constant(points.castTo(op.outputType(0)));
        op.node("Identity").reads(value).writes(0);
    }

    private static double stride(double... bounds) {
        return bounds[2] > 1 ? (bounds[1] - bounds[0]) / (bounds[2] - 1) : 0;
    }

    private static void writeEye(ExportedOp op) throws NotConvertibleException {
        long[] sizes = op.integers();
        if (op.count() > 0 || sizes.length < 1 || sizes.length > 2) {
            throw op.unsupported("it makes more than one diagonal matrix, or one of a size that is computed");
        }
        INDArray eye = Nd4j.zeros(DataType.DOUBLE, sizes[0], sizes[sizes.length - 1]);
        for (long i = 0; i < Math.min(eye.rows(), eye.columns()); i++) {
            eye.putScalar(i, i, 1);
        }
        op.node("Identity").reads(op.constant(eye.castTo(op.outputType(0)))).writes(0);
    }
}
