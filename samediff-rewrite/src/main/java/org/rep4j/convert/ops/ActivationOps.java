package org.rep4j.convert.ops;

import static java.util.Map.entry;
import static org.rep4j.convert.ops.Plain.after;
import static org.rep4j.convert.ops.Plain.as;
import static org.rep4j.convert.ops.Plain.node;
import static org.rep4j.convert.ops.Plain.number;
import static org.rep4j.convert.ops.Plain.unary;
import static org.rep4j.convert.ops.Plain.with;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/** Smooth activations: functions of one element each. */
public final class ActivationOps implements OpMapping {
    /** The first operator set with the op Mish. */
    private static final int MISH_OPSET = 18;

    private static final double SQRT_HALF = Math.sqrt(0.5);
    private static final double SQRT_TWO_OVER_PI = Math.sqrt(2 / Math.PI);
    private static final double GELU_CUBE = 0.044715;

    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("Sigmoid", unary((graph, x) -> graph.nn().sigmoid(x))),
                entry("Tanh", unary((graph, x) -> graph.math().tanh(x))),
                entry("Erf", unary((graph, x) -> graph.math().erf(x))),
                entry("Softsign", unary((graph, x) -> graph.nn().softsign(x))),
                entry("Softplus", unary(ActivationOps::softplus)),
                entry("Mish", unary(ActivationOps::mish)),
                entry("Gelu", ActivationOps::gelu));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("sigmoid", as("Sigmoid")),
                entry("tanh", as("Tanh")),
                entry("erf", as("Erf")),
                entry(
                        "erfc",
                        op -> op.node("Sub")
                                .reads(number(op, 1), node(op, "Erf", op.in(0)))
                                .writes(0)),
                entry("softsign", as("Softsign")),
                entry("softplus", as("Softplus")),
                entry("logsigmoid", after("Neg", (op, x) -> node(op, "Softplus", node(op, "Neg", x)))),
                entry("swish", with("Mul", (op, x) -> node(op, "Sigmoid", x))),
                entry("mish", ActivationOps::writeMish),
                entry("gelu", with("Mul", (op, x) -> node(op, "Sigmoid", node(op, "Mul", x, number(op, 1.702))))),
                entry("precise_gelu", ActivationOps::writeTanhGelu),
                entry("rational_tanh", ActivationOps::writeRationalTanh),
                entry("rectified_tanh", after("Relu", (op, x) -> node(op, "Tanh", x))));
    }

    /** {@code max(x, 0) + log(1 + exp(-|x|))}: the native op computes exp(x), which overflows. */
    private static SDVariable softplus(SameDiff graph, SDVariable x) {
        SDVariable rest = graph.math()
                .log1p(graph.math().exp(graph.math().neg(graph.math().abs(x))));
        return graph.nn().relu(x, 0).add(rest);
    }

    /** {@code x · tanh(softplus(x))}: graphs with the native op for it cannot be loaded from a file. */
    private static SDVariable mish(SameDiff graph, SDVariable x) {
        return x.mul(graph.math().tanh(softplus(graph, x)));
    }

    /** The native op for it raises 0.044715·x to the third power, instead of x. */
    private static List<SDVariable> gelu(ImportedOp op) {
        SameDiff graph = op.graph();
        SDVariable x = op.in(0);
        SDVariable bend = op.node().text("approximate", "none").equals("tanh")
                ? graph.math().tanh(x.add(graph.math().cube(x).mul(GELU_CUBE)).mul(SQRT_TWO_OVER_PI))
                : graph.math().erf(x.mul(SQRT_HALF));
        return ImportedOp.result(x.mul(bend.add(1)).mul(0.5));
    }

    private static void writeMish(ExportedOp op) throws NotConvertibleException {
        String x = op.in(0);
        if (op.opset() >= MISH_OPSET) {
            op.node("Mish").reads(x).writes(0);
        } else {
            op.node("Mul").reads(x, node(op, "Tanh", node(op, "Softplus", x))).writes(0);
        }
    }

    /** {@code x/2 · (1 + tanh(√(2/π)·(x + (0.044715·x)³)))}, as SameDiff computes it, which is not quite GELU. */
    private static void writeTanhGelu(ExportedOp op) throws NotConvertibleException {
        String x = op.in(0);
        String small = node(op, "Mul", x, number(op, GELU_CUBE));
        String sum = node(op, "Add", x, node(op, "Mul", small, node(op, "Mul", small, small)));
        String bend = node(op, "Tanh", node(op, "Mul", sum, number(op, SQRT_TWO_OVER_PI)));
        String half = node(op, "Mul", x, number(op, 0.5));
        op.node("Mul").reads(half, node(op, "Add", bend, number(op, 1))).writes(0);
    }

    /** {@code 1.7159 · sign(y) · (1 − 1 / (1 + |y| + y² + 1.41645·y⁴))} of {@code y = 2x/3}. */
    private static void writeRationalTanh(ExportedOp op) throws NotConvertibleException {
        String y = node(op, "Mul", op.in(0), number(op, 2.0 / 3));
        String square = node(op, "Mul", y, y);
        String fourth = node(op, "Mul", node(op, "Mul", square, square), number(op, 1.41645));
        String one = number(op, 1);
        String below = node(op, "Add", node(op, "Add", one, node(op, "Abs", y)), node(op, "Add", square, fourth));
        String size = node(op, "Sub", one, node(op, "Reciprocal", below));
        String signed = node(op, "Mul", node(op, "Sign", y), size);
        op.node("Mul").reads(signed, number(op, 1.7159)).writes(0);
    }
}
