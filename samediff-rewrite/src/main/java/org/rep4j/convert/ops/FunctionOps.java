package org.rep4j.convert.ops;

import static java.util.Map.entry;
import static org.rep4j.convert.ops.Plain.after;
import static org.rep4j.convert.ops.Plain.as;
import static org.rep4j.convert.ops.Plain.node;
import static org.rep4j.convert.ops.Plain.number;
import static org.rep4j.convert.ops.Plain.unary;
import static org.rep4j.convert.ops.Plain.with;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Rint;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/** Functions of one number: powers, logarithms, trigonometry, rounding. */
public final class FunctionOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("Abs", unary((graph, x) -> graph.math().abs(x))),
                entry("Neg", unary((graph, x) -> graph.math().neg(x))),
                entry("Sign", unary((graph, x) -> graph.math().sign(x))),
                entry("Sqrt", unary((graph, x) -> graph.math().sqrt(x))),
                entry("Exp", unary((graph, x) -> graph.math().exp(x))),
                entry("Log", unary((graph, x) -> graph.math().log(x))),
                entry("Reciprocal", unary((graph, x) -> graph.math().reciprocal(x))),
                entry("Floor", unary((graph, x) -> graph.math().floor(x))),
                entry("Ceil", unary((graph, x) -> graph.math().ceil(x))),
                // the op that is called round takes halves away from zero, ONNX to the even neighbour
                entry("Round", unary((graph, x) -> new Rint(graph, x, false).outputVariable())),
                entry("Sin", unary((graph, x) -> graph.math().sin(x))),
                entry("Cos", unary((graph, x) -> graph.math().cos(x))),
                entry("Tan", unary((graph, x) -> graph.math().tan(x))),
                entry("Asin", unary((graph, x) -> graph.math().asin(x))),
                entry("Acos", unary((graph, x) -> graph.math().acos(x))),
                entry("Atan", unary((graph, x) -> graph.math().atan(x))),
                entry("Sinh", unary((graph, x) -> graph.math().sinh(x))),
                entry("Cosh", unary((graph, x) -> graph.math().cosh(x))),
                entry("Asinh", unary(FunctionOps::asinh)),
                entry("Acosh", unary((graph, x) -> graph.math().acosh(x))),
                entry("Atanh", unary((graph, x) -> graph.math().atanh(x))));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("identity", as("Identity")),
                entry("abs", as("Abs")),
                entry("neg", as("Neg")),
                entry("sign", as("Sign")),
                entry("sqrt", as("Sqrt")),
                entry("rsqrt", after("Reciprocal", (op, x) -> node(op, "Sqrt", x))),
                entry("exp", as("Exp")),
                entry(
                        "expm1",
                        op -> op.node("Sub")
                                .reads(node(op, "Exp", op.in(0)), number(op, 1))
                                .writes(0)),
                entry("log", as("Log")),
                entry("log1p", after("Log", (op, x) -> node(op, "Add", x, number(op, 1)))),
                entry(
                        "log_x",
                        op -> op.node("Div")
                                .reads(node(op, "Log", op.in(0)), number(op, Math.log(op.scalar())))
                                .writes(0)),
                entry("Reciprocal", as("Reciprocal")),
                entry("floor", as("Floor")),
                entry("ceil", as("Ceil")),
                entry("rint", as("Round")),
                entry("round", FunctionOps::writeRound),
                entry("sin", as("Sin")),
                entry("cos", as("Cos")),
                entry("tan", as("Tan")),
                entry("asin", as("Asin")),
                entry("acos", as("Acos")),
                entry("atan", as("Atan")),
                entry("sinh", as("Sinh")),
                entry("cosh", as("Cosh")),
                entry("asinh", as("Asinh")),
                entry("acosh", as("Acosh")),
                entry("atanh", as("Atanh")),
                entry("square", with("Mul", (op, x) -> x)),
                entry("cube", with("Mul", (op, x) -> node(op, "Mul", x, x))),
                entry(
                        "oneminus",
                        op -> op.node("Sub").reads(number(op, 1), op.in(0)).writes(0)),
                entry("timesoneminus", with("Mul", (op, x) -> node(op, "Sub", number(op, 1), x))));
    }

    /** {@code sign(x) · asinh(|x|)}: the native op loses all digits where x is far below zero. */
    private static SDVariable asinh(SameDiff graph, SDVariable x) {
        return graph.math().sign(x).mul(graph.math().asinh(graph.math().abs(x)));
    }

    /** Halves go away from zero: {@code sign(x) · (⌊|x|⌋ + (|x| − ⌊|x|⌋ ≥ ½))}. */
    private static void writeRound(ExportedOp op) throws NotConvertibleException {
        String x = op.in(0);
        if (!op.type(0).isFPType()) {
            op.node("Identity").reads(x).writes(0);
            return;
        }
        String size = node(op, "Abs", x);
        String whole = node(op, "Floor", size);
        String up = node(op, "GreaterOrEqual", node(op, "Sub", size, whole), number(op, 0.5));
        String rounded = node(op, "Add", whole, op.cast(up, op.onnxType(0)));
        op.node("Mul").reads(node(op, "Sign", x), rounded).writes(0);
    }
}
