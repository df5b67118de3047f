package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterMax;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterMin;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterMul;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterNdAdd;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterNdUpdate;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/** Ops that write elements by index. */
public final class ScatterOps implements OpMapping {
    /** Operator set since which scattered elements may be added and multiplied. */
    private static final int REDUCTIONS = 16;

    /** Operator set since which the largest or smallest may be kept. */
    private static final int EXTREMES = 18;

    @Override
    public Map<String, Importer> importers() {
        return Map.of(
                "ScatterND", ScatterOps::scatterNd,
                "ScatterElements", ScatterOps::scatterElements,
                "Scatter", ScatterOps::scatterElements);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("scatter_nd", ScatterOps::writeScatterNd),
                entry("scatter_nd_update", op -> write(op, "none", false)),
                entry("scatter_nd_add", op -> write(op, "add", false)),
                entry("scatter_upd", op -> write(op, "none", true)),
                entry("scatter_add", op -> write(op, "add", true)),
                entry("scatter_mul", op -> write(op, "mul", true)),
                entry("scatter_max", op -> write(op, "max", true)),
                entry("scatter_min", op -> write(op, "min", true)));
    }

    private static List<SDVariable> scatterNd(ImportedOp op) throws NotConvertibleException {
        long length = op.shape(1).dim(-1);
        if (length < 0) {
            throw op.unsupported("how many axes it indexes is not known");
        }
        int indexed = Math.toIntExact(length);
        if (indexed == 0 || indexed > op.rank(0)) {
            throw op.invalid("indexes " + indexed + " axes of " + op.rank(0));
        }
        Extent[] sizes = Arrays.copyOf(Extent.all(op, 0), indexed);
        SDVariable tuples = Indices.tuples(op, 1, sizes);
        SDVariable x = Elements.asNumbers(op.in(0));
        SDVariable updates = Elements.asNumbers(op.in(2));
        SameDiff graph = op.graph();
        String reduction = op.node().text("reduction", "none");
        SDVariable result = switch (reduction) {
            case "none" -> new ScatterNdUpdate(graph, x, tuples, updates).outputVariable();
            case "add" -> inOrder(new ScatterNdAdd(graph, x, tuples, updates));
            default -> {
                SDVariable places = graph.reshape(Indices.places(op, tuples, sizes), Extent.INFERRED);
                SDVariable rows = GatherOps.rows(op, x, indexed);
                Extent[] all = Extent.all(op, 0);
                Extent[] shape = Arrays.copyOfRange(all, indexed - 1, all.length);
                shape[0] = Extent.of(Extent.INFERRED);
                SDVariable written = reduced(op, reduction, rows, places, Extent.reshape(op, updates, shape));
                yield indexed == 1 ? written : Extent.reshape(op, written, all);
            }
        };
        return ImportedOp.result(Elements.as(result, op.type(0)));
    }

    private static List<SDVariable> scatterElements(ImportedOp op) throws NotConvertibleException {
        SameDiff graph = op.graph();
        SDVariable places = graph.reshape(Indices.alongAxis(op), Extent.INFERRED);
        SDVariable x = graph.reshape(Elements.asNumbers(op.in(0)), Extent.INFERRED);
        SDVariable updates = graph.reshape(Elements.asNumbers(op.in(2)), Extent.INFERRED);
        String reduction = op.node().text("reduction", "none");
        SDVariable rows = graph.expandDims(places, 1);
        SDVariable result = switch (reduction) {
            case "none" -> new ScatterNdUpdate(graph, x, rows, updates).outputVariable();
            case "add" -> inOrder(new ScatterNdAdd(graph, x, rows, updates));
            default -> reduced(op, reduction, x, places, updates);
        };
        return ImportedOp.result(Elements.as(Extent.reshape(op, result, Extent.all(op, 0)), op.type(0)));
    }

    private static SDVariable reduced(
            ImportedOp op, String reduction, SDVariable x, SDVariable rows, SDVariable updates)
            throws NotConvertibleException {
        SameDiff graph = op.graph();
        return inOrder(
                switch (reduction) {
                    case "mul" -> new ScatterMul(graph, x, rows, updates);
                    case "max" -> new ScatterMax(graph, x, rows, updates);
                    case "min" -> new ScatterMin(graph, x, rows, updates);
                    default -> throw op.unsupported("its reduction is " + reduction);
                });
    }

    /** Makes an op write on one thread: else two that write to the same place at once lose what one of them wrote. */
    private static SDVariable inOrder(DynamicCustomOp scatter) {
        scatter.addBArgument(true);
        return scatter.outputVariable();
    }

    private static void writeScatterNd(ExportedOp op) throws NotConvertibleException {
        String zero = op.scalar(0, op.onnxOutputType(0));
        String zeros = op.node("Expand").reads(zero, ShapeExport.longs(op, 2)).value();
        NodeWriter node = op.node("ScatterND").reads(zeros, ShapeExport.longs(op, 0), op.in(1));
        reduce(op, node, "add").writes(0);
    }

    /** @param rows whether the indices are those of rows, instead of tuples */
    private static void write(ExportedOp op, String reduction, boolean rows) throws NotConvertibleException {
        String indices = ShapeExport.longs(op, 1);
        if (rows) {
            indices = op.node("Unsqueeze").reads(indices, op.vector(-1)).value();
        }
        NodeWriter node = op.node("ScatterND").reads(op.in(0), indices, op.in(2));
        reduce(op, node, reduction).writes(0);
    }

    private static NodeWriter reduce(ExportedOp op, NodeWriter node, String reduction) throws NotConvertibleException {
        int since = reduction.equals("max") || reduction.equals("min") ? EXTREMES : REDUCTIONS;
        if (reduction.equals("none")) {
            return node;
        }
        if (op.opset() < since) {
            throw op.unsupported("it needs opset " + since + " or newer");
        }
        return node.text("reduction", reduction);
    }
}
