package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastTo;
import org.nd4j.linalg.api.ops.impl.transforms.custom.LogicalAnd;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.graph.Shape;

/** Which of two numbers is taken, and in which format it is kept. */
public final class SelectionOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("Where", SelectionOps::where),
                entry(
                        "Cast",
                        op -> ImportedOp.result(
                                cast(op.in(0), op.dataType(op.node().integer("to", 0))))),
                entry(
                        "CastLike",
                        op -> ImportedOp.result(cast(op.in(0), op.in(1).dataType()))));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("cast", SelectionOps::writeCast),
                entry("Where", SelectionOps::writeWhere),
                entry("select", SelectionOps::writeWhere),
                entry("replace_nans", SelectionOps::writeReplaceNans));
    }

    private static SDVariable cast(SDVariable x, DataType type) {
        return x.dataType() == type ? x : x.castTo(type);
    }

    /** The native op does not broadcast: a condition of one axis would choose among slices. */
    private static List<SDVariable> where(ImportedOp op) {
        SameDiff graph = op.graph();
        Shape result = op.outputShape(0);
        SDVariable[] inputs = op.all();
        SDVariable[] broadcast = new SDVariable[inputs.length];
        SDVariable shape = null;
        for (int i = 0; i < inputs.length; i++) {
            if (result.isFullyKnown() && op.shape(i).equals(result)) {
                broadcast[i] = inputs[i];
            } else {
                shape = shape == null ? shape(op, result) : shape;
                broadcast[i] = new BroadcastTo(graph, inputs[i], shape).outputVariable();
            }
        }
        return ImportedOp.result(graph.where(broadcast[1], broadcast[2], broadcast[0]));
    }

    private static SDVariable shape(ImportedOp op, Shape result) {
        List<Long> dims = result.dims();
        if (dims != null && result.isFullyKnown()) {
            return op.vector(dims.stream().mapToLong(d -> d).toArray());
        }
        // ONNX has no op for what several shapes are broadcast to, so the sizes of a result that broadcasts are taken
        SameDiff graph = op.graph();
        SDVariable same = graph.eq(op.in(1), op.in(2));
        return op.sizes(new LogicalAnd(graph, op.in(0), same).outputVariable());
    }

    private static void writeCast(ExportedOp op) throws NotConvertibleException {
        op.node("Cast")
                .reads(op.in(0))
                .integer("to", op.onnxOutputType(0).number())
                .writes(0);
    }

    private static void writeWhere(ExportedOp op) throws NotConvertibleException {
        if (op.count() == 1) { // it tells where a condition holds: [places, axes]
            String places = op.node("NonZero").reads(op.in(0)).value();
            op.node("Transpose").reads(places).integers("perm", 1, 0).writes(0);
            return;
        }
        if (op.rank(0) != op.rank(1)) {
            throw op.unsupported("its condition chooses among slices");
        }
        op.node("Where").reads(op.all()).writes(0);
    }

    private static void writeReplaceNans(ExportedOp op) throws NotConvertibleException {
        String x = op.in(0);
        op.node("Where").reads(Plain.node(op, "IsNaN", x), Plain.number(op), x).writes(0);
    }
}
