package org.rep4j.convert.ops;

import static java.util.Map.entry;
import static org.rep4j.convert.ops.Plain.after;
import static org.rep4j.convert.ops.Plain.as;
import static org.rep4j.convert.ops.Plain.binary;
import static org.rep4j.convert.ops.Plain.node;
import static org.rep4j.convert.ops.Plain.unary;
import static org.rep4j.convert.ops.Plain.withNumber;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.transforms.bool.BooleanNot;
import org.nd4j.linalg.api.ops.impl.transforms.custom.LogicalAnd;
import org.nd4j.linalg.api.ops.impl.transforms.custom.LogicalOr;
import org.nd4j.linalg.api.ops.impl.transforms.custom.LogicalXor;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.onnx.OnnxType;

/** Comparisons and what is done with their results. The ops that SameDiff calls and, or and xor do not broadcast. */
public final class LogicOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("Equal", binary(LogicOps::equal)),
                entry("Greater", binary((graph, x, y) -> graph.gt(x, y))),
                entry("GreaterOrEqual", binary((graph, x, y) -> graph.gte(x, y))),
                entry("Less", binary((graph, x, y) -> graph.lt(x, y))),
                entry("LessOrEqual", binary((graph, x, y) -> graph.lte(x, y))),
                entry("And", binary((graph, x, y) -> new LogicalAnd(graph, x, y).outputVariable())),
                entry("Or", binary((graph, x, y) -> new LogicalOr(graph, x, y).outputVariable())),
                entry("Xor", binary((graph, x, y) -> new LogicalXor(graph, x, y).outputVariable())),
                entry("Not", unary((graph, x) -> new BooleanNot(graph, x).outputVariable())),
                entry("IsNaN", unary((graph, x) -> graph.math().isNaN(x))),
                entry("IsInf", LogicOps::isInfinite));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("equals", as("Equal")),
                entry("not_equals", after("Not", (op, x) -> node(op, "Equal", x, op.in(1)))),
                entry("greater", as("Greater")),
                entry("greater_equal", as("GreaterOrEqual")),
                entry("less", as("Less")),
                entry("less_equal", as("LessOrEqual")),
                entry("equals_scalar", withNumber("Equal")),
                entry("notequals_scalar", after("Not", (op, x) -> node(op, "Equal", x, Plain.number(op)))),
                entry("greaterthan_scalar", withNumber("Greater")),
                entry("greaterthanorequal_scalar", withNumber("GreaterOrEqual")),
                entry("lessthan_scalar", withNumber("Less")),
                entry("lessthanorequal_scalar", withNumber("LessOrEqual")),
                entry("boolean_and", as("And")),
                entry("boolean_or", as("Or")),
                entry("boolean_xor", as("Xor")),
                entry("boolean_not", as("Not")),
                entry("bool_not", as("Not")),
                entry("and", LogicOps::writeAnd),
                entry("or", LogicOps::writeOr),
                entry("xor", LogicOps::writeXor),
                entry("isnan", as("IsNaN")),
                entry("isinf", op -> op.node("IsInf").reads(wide(op)).writes(0)),
                entry("isfinite", LogicOps::writeIsFinite));
    }

    /** Zeros of both signs are equal, which the native op does not see in short formats. */
    private static SDVariable equal(SameDiff graph, SDVariable x, SDVariable y) {
        return isShort(x.dataType()) ? graph.eq(x.castTo(DataType.FLOAT), y.castTo(DataType.FLOAT)) : graph.eq(x, y);
    }

    private static boolean isShort(DataType type) {
        return type == DataType.HALF || type == DataType.BFLOAT16;
    }

    private static List<SDVariable> isInfinite(ImportedOp op) {
        SameDiff graph = op.graph();
        SDVariable x = op.in(0);
        boolean below = op.node().integer("detect_negative", 1) != 0;
        boolean above = op.node().integer("detect_positive", 1) != 0;
        SDVariable infinite = graph.math().isInfinite(x);
        if (below && above) {
            return ImportedOp.result(infinite);
        }
        SDVariable side =
                above ? graph.gt(x, 0) : below ? graph.lt(x, 0) : graph.math().isNaN(x);
        return ImportedOp.result(new LogicalAnd(graph, infinite, side).outputVariable());
    }

    private static void writeAnd(ExportedOp op) throws NotConvertibleException {
        writePairwise(op, "And");
    }

    private static void writeOr(ExportedOp op) throws NotConvertibleException {
        writePairwise(op, "Or");
    }

    private static void writeXor(ExportedOp op) throws NotConvertibleException {
        writePairwise(op, "Xor");
    }

    private static void writePairwise(ExportedOp op, String type) throws NotConvertibleException {
        if (!op.shape(op.in(0)).equals(op.shape(op.in(1)))) {
            throw op.unsupported("its inputs are not known to have one shape, and it does not broadcast");
        }
        op.node(type).reads(op.all()).writes(0);
    }

    /** The input in a format that ONNX's IsInf has in all operator sets. */
    private static String wide(ExportedOp op) throws NotConvertibleException {
        return isShort(op.type(0)) ? op.cast(op.in(0), OnnxType.FLOAT) : op.in(0);
    }

    private static void writeIsFinite(ExportedOp op) throws NotConvertibleException {
        String x = wide(op);
        op.node("Not")
                .reads(node(op, "Or", node(op, "IsNaN", x), node(op, "IsInf", x)))
                .writes(0);
    }
}
