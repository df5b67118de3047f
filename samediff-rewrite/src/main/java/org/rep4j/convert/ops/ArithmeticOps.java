package org.rep4j.convert.ops;

import static java.util.Map.entry;
import static org.rep4j.convert.ops.Plain.as;
import static org.rep4j.convert.ops.Plain.binary;
import static org.rep4j.convert.ops.Plain.chain;
import static org.rep4j.convert.ops.Plain.node;
import static org.rep4j.convert.ops.Plain.number;
import static org.rep4j.convert.ops.Plain.numberFirst;
import static org.rep4j.convert.ops.Plain.swapped;
import static org.rep4j.convert.ops.Plain.withNumber;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/** Arithmetic of two or more numbers; all of it broadcasts on both sides. */
public final class ArithmeticOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("Add", binary((graph, x, y) -> graph.math().add(x, y))),
                entry("Sub", binary((graph, x, y) -> graph.math().sub(x, y))),
                entry("Mul", binary((graph, x, y) -> graph.math().mul(x, y))),
                entry("Div", ArithmeticOps::divide),
                entry("Pow", binary(ArithmeticOps::power)),
                entry("Mod", ArithmeticOps::mod),
                entry("BitShift", ArithmeticOps::shift),
                entry("Sum", chain((graph, x, y) -> graph.math().add(x, y))),
                entry(
                        "Mean",
                        op -> ImportedOp.result(
                                Plain.chained(op, (graph, x, y) -> graph.math().add(x, y))
                                        .div(op.count()))),
                entry("Min", chain((graph, x, y) -> graph.math().min(x, y))),
                entry("Max", chain((graph, x, y) -> graph.math().max(x, y))));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("add", as("Add")),
                entry("subtract", as("Sub")),
                entry("multiply", as("Mul")),
                entry("divide", as("Div")),
                entry("realdiv", ArithmeticOps::writeRealDivision),
                entry("floordiv", ArithmeticOps::writeFloorDivision),
                entry("reversesubtract", swapped("Sub")),
                entry("reversedivide", swapped("Div")),
                entry("squaredsubtract", ArithmeticOps::writeSquaredDifference),
                entry("floormod", ArithmeticOps::writeFloorMod),
                entry("mod", op -> {
                    if (op.type(0).isFPType()) {
                        writeFloorMod(op);
                    } else {
                        writeRemainder(op, op.in(1));
                    }
                }),
                entry("fmod", op -> writeRemainder(op, op.in(1))),
                entry("fmod_scalar", op -> writeRemainder(op, number(op))),
                entry("Pow", as("Pow")),
                entry("pow_pairwise", as("Pow")),
                entry("pow", withNumber("Pow")),
                entry("maximum", as("Max")),
                entry("minimum", as("Min")),
                entry("max_scalar", withNumber("Max")),
                entry("scalar_min", withNumber("Min")),
                entry("add_scalar", withNumber("Add")),
                entry("sub_scalar", withNumber("Sub")),
                entry("rsub_scalar", numberFirst("Sub")),
                entry("mul_scalar", withNumber("Mul")),
                entry("div_scalar", withNumber("Div")),
                entry("rdiv_scalar", numberFirst("Div")),
                entry("mergeadd", ArithmeticOps::writeMergedSum),
                entry("mergesum", ArithmeticOps::writeMergedSum),
                entry("mergeavg", as("Mean")),
                entry("mergemax", as("Max")),
                entry("shift_bits", op -> writeShift(op, "LEFT")),
                entry("rshift_bits", op -> writeShift(op, "RIGHT")));
    }

    /** Integers are divided as the processor does it: towards zero, and by zero not at all. */
    private static List<SDVariable> divide(ImportedOp op) throws NotConvertibleException {
        requireDivisor(op);
        return binary((graph, x, y) -> graph.math().div(x, y)).write(op);
    }

    private static void requireDivisor(ImportedOp op) {
        boolean zero = !op.in(1).dataType().isFPType()
                && op.integers(1).stream().flatMapToLong(Arrays::stream).anyMatch(v -> v == 0);
        if (zero) {
            throw op.invalid("divides integers by 0");
        }
    }

    /** The result has the type of the base; a fractional exponent of an integer is not cut off before. */
    private static SDVariable power(SameDiff graph, SDVariable base, SDVariable exponent) {
        DataType type = base.dataType();
        if (type == exponent.dataType()) {
            return graph.math().pow(base, exponent);
        }
        if (type.isFPType()) {
            return graph.math().pow(base, exponent.castTo(type));
        }
        return graph.math()
                .pow(base.castTo(DataType.DOUBLE), exponent.castTo(DataType.DOUBLE))
                .castTo(type);
    }

    private static List<SDVariable> mod(ImportedOp op) throws NotConvertibleException {
        requireDivisor(op);
        SameDiff graph = op.graph();
        SDVariable[] inputs = Elements.broadcasting(op, 2);
        SDVariable x = inputs[0];
        SDVariable y = inputs[1];
        boolean signOfDividend = op.node().integer("fmod", 0) != 0;
        if (!signOfDividend) {
            if (x.dataType().isFPType()) {
                throw op.invalid("takes the remainder of rounded numbers without fmod=1");
            }
            return ImportedOp.result(graph.math().floorMod(x, y));
        }
        if (!x.dataType().isFPType()) {
            return ImportedOp.result(graph.math().mod(x, y));
        }
        SDVariable size =
                graph.math().floorMod(graph.math().abs(x), graph.math().abs(y));
        return ImportedOp.result(graph.math().sign(x).mul(size));
    }

    private static List<SDVariable> shift(ImportedOp op) throws NotConvertibleException {
        boolean left = op.node().text("direction", "").equals("LEFT");
        return binary((graph, x, bits) -> left
                        ? graph.bitwise().leftShift(x, bits)
                        : graph.bitwise().rightShift(x, bits))
                .write(op);
    }

    private static void writeRealDivision(ExportedOp op) throws NotConvertibleException {
        if (!op.type(0).isFPType()) {
            throw op.unsupported("it divides integers");
        }
        op.node("Div").reads(op.all()).writes(0);
    }

    /** Of integers the native op cuts the quotient off, as ONNX does. */
    private static void writeFloorDivision(ExportedOp op) throws NotConvertibleException {
        if (op.type(0).isFPType()) {
            op.node("Floor").reads(node(op, "Div", op.all())).writes(0);
        } else {
            op.node("Div").reads(op.all()).writes(0);
        }
    }

    private static void writeSquaredDifference(ExportedOp op) throws NotConvertibleException {
        String difference = node(op, "Sub", op.all());
        op.node("Mul").reads(difference, difference).writes(0);
    }

    /** A remainder that has the sign of the divisor, which ONNX has for integers only. */
    private static void writeFloorMod(ExportedOp op) throws NotConvertibleException {
        if (!op.type(0).isFPType()) {
            op.node("Mod").reads(op.all()).writes(0);
            return;
        }
        String y = op.in(1);
        String remainder = op.node("Mod").reads(op.in(0), y).integer("fmod", 1).value();
        op.node("Mod")
                .reads(node(op, "Add", remainder, y), y)
                .integer("fmod", 1)
                .writes(0);
    }

    private static void writeRemainder(ExportedOp op, String y) throws NotConvertibleException {
        op.node("Mod").reads(op.in(0), y).integer("fmod", 1).writes(0);
    }

    /** ONNX's Sum is for rounded numbers only. */
    private static void writeMergedSum(ExportedOp op) throws NotConvertibleException {
        if (op.type(0).isFPType() || op.count() == 1) {
            op.node("Sum").reads(op.all()).writes(0);
            return;
        }
        String sum = op.in(0);
        for (int i = 1; i < op.count() - 1; i++) {
            sum = node(op, "Add", sum, op.in(i));
        }
        op.node("Add").reads(sum, op.in(op.count() - 1)).writes(0);
    }

    private static void writeShift(ExportedOp op, String direction) throws NotConvertibleException {
        if (op.type(0).isSigned()) {
            throw op.unsupported("it shifts the bits of numbers with a sign");
        }
        op.node("BitShift").reads(op.all()).text("direction", direction).writes(0);
    }
}
