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
import org.nd4j.linalg.api.ops.impl.controlflow.Where;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.onnx.OnnxType;

/** Ops that tell which elements are what is looked for, or take those. */
public final class PositionOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.of(
                "OneHot", PositionOps::oneHot,
                "TopK", TopK::write,
                "NonZero", PositionOps::nonZero,
                "Compress", PositionOps::compress,
                "ReverseSequence", PositionOps::reverseSequence);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("onehot", PositionOps::writeOneHot),
                entry("top_k", TopK::export),
                entry("reverse", PositionOps::writeReverse),
                entry("reverse_sequence", PositionOps::writeReverseSequence));
    }

    private static List<SDVariable> oneHot(ImportedOp op) throws NotConvertibleException {
        SameDiff graph = op.graph();
        Optional<INDArray> constantDepth = op.constant(1);
        Extent depth = constantDepth.isPresent()
                ? Extent.of(constantDepth.get().getLong(0))
                : Extent.of(Elements.as(graph.reshape(op.in(1)), DataType.LONG));
        int rank = op.rank(0) + 1;
        int axis = op.axis(op.node().integer("axis", -1), rank);
        SDVariable indices = Elements.as(op.in(0), DataType.LONG);
        SDVariable negative = graph.lt(indices, op.scalar(0, DataType.LONG)).castTo(DataType.LONG);
        SDVariable counted = indices.add(negative.mul(depth.variable(op)));
        long[] shape = SliceOps.ones(rank); // fewer axes libnd4j does not compare with a matrix of one element
        shape[axis] = Extent.INFERRED;
        SDVariable classes = graph.reshape(SourceOps.positions(op, depth), shape);
        SDVariable hot = graph.eq(Elements.expanded(graph, counted, rank - 1, axis), classes);
        return ImportedOp.result(values(op, hot));
    }

    /** on · hot + off · (1 − hot): the numbers themselves, without rounding. */
    private static SDVariable values(ImportedOp op, SDVariable hot) {
        SDVariable all = Elements.asNumbers(op.in(2));
        SDVariable truths = hot.castTo(all.dataType());
        SDVariable off = op.graph().gather(all, op.scalar(0, DataType.LONG), 0);
        SDVariable on = op.graph().gather(all, op.scalar(1, DataType.LONG), 0);
        SDVariable others = op.scalar(1, all.dataType()).sub(truths);
        return Elements.as(truths.mul(on).add(others.mul(off)), op.type(2));
    }

    private static List<SDVariable> nonZero(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        if (rank == 0) {
            throw op.unsupported("its input has no axes");
        }
        SDVariable found = indices(op, truths(op, op.in(0)), rank);
        return ImportedOp.result(op.graph().permute(found, 1, 0));
    }

    private static SDVariable truths(ImportedOp op, SDVariable variable) {
        return variable.dataType() == DataType.BOOL
                ? variable
                : op.graph().neq(variable, op.scalar(0, variable.dataType()));
    }

    /** The indices of truths: [truths, axes]. Where there are none libnd4j loses that shape. */
    static SDVariable indices(ImportedOp op, SDVariable truths, int rank) {
        SDVariable found = new Where(op.graph(), truths).outputVariable();
        SDVariable count = op.graph().sum(truths.castTo(DataType.LONG));
        return Extent.reshape(op, found, Extent.of(op.graph().reshape(count)), Extent.of(rank));
    }

    private static List<SDVariable> compress(ImportedOp op) throws NotConvertibleException {
        SDVariable x = Elements.asNumbers(op.in(0));
        boolean flat = !op.node().hasAttribute("axis");
        int axis = flat ? 0 : op.axis(op.node().integer("axis", 0), op.rank(0));
        SDVariable places = op.graph().squeeze(indices(op, op.in(1), 1), 1);
        SDVariable from = flat ? op.graph().reshape(x, Extent.INFERRED) : x;
        return ImportedOp.result(Elements.as(op.graph().gather(from, places, axis), op.type(0)));
    }

    private static List<SDVariable> reverseSequence(ImportedOp op) {
        int time = Math.toIntExact(op.node().integer("time_axis", 0));
        int batch = Math.toIntExact(op.node().integer("batch_axis", 1));
        if (time == batch || Math.min(time, batch) != 0 || Math.max(time, batch) != 1) {
            throw op.invalid("reverses axis " + time + " of each element of axis " + batch);
        }
        return ImportedOp.result(op.graph().reverseSequence(op.in(0), op.in(1), time, batch));
    }

    private static void writeOneHot(ExportedOp op) throws NotConvertibleException {
        if (op.count() > 1) {
            throw op.unsupported("its depth is computed");
        }
        OnnxType type = op.onnxOutputType(0);
        INDArray values = Nd4j.createFromArray(op.number(1, 0), op.number(0, 1));
        String typed = op.cast(op.constant(values), type);
        String depth = op.vector(op.integer(1, 0));
        // SameDiff leaves rows of negative indices cold, ONNX counts them from the end: none is what it names then
        String indices = ShapeExport.longs(op, 0);
        String cold =
                op.node("Less").reads(indices, op.scalar(0, OnnxType.INT64)).value();
        String safe = op.node("Where")
                .reads(cold, op.scalar(op.integer(1, 0), OnnxType.INT64), indices)
                .value();
        op.node("OneHot")
                .reads(safe, depth, typed)
                .integer("axis", op.integer(0, -1))
                .writes(0);
    }

    private static void writeReverse(ExportedOp op) throws NotConvertibleException {
        long[] axes = op.integers();
        if (axes.length == 0) {
            axes = IntStream.range(0, op.rank(0)).asLongStream().toArray();
        }
        long[] starts = new long[axes.length];
        long[] ends = new long[axes.length];
        long[] steps = new long[axes.length];
        Arrays.fill(starts, -1);
        Arrays.fill(ends, Long.MIN_VALUE);
        Arrays.fill(steps, -1);
        op.node("Slice")
                .reads(op.in(0), op.vector(starts), op.vector(ends), op.vector(axes), op.vector(steps))
                .writes(0);
    }

    private static void writeReverseSequence(ExportedOp op) throws NotConvertibleException {
        int time = op.integer(0, 0);
        int batch = op.integer(1, 0);
        if (time + batch != 1) {
            throw op.unsupported("it reverses axis " + time + " of each element of axis " + batch);
        }
        op.node("ReverseSequence")
                .reads(op.in(0), ShapeExport.longs(op, 1))
                .integer("time_axis", time)
                .integer("batch_axis", batch)
                .writes(0);
    }
}
