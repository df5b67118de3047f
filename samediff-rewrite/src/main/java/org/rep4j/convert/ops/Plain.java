package org.rep4j.convert.ops;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping.Exporter;
import org.rep4j.convert.OpMapping.Importer;

/** Writers of ops that need no more than another name on the other side, and what formulas are put together from. */
final class Plain {
    private Plain() {}

    /** A function of one variable. */
    @FunctionalInterface
    interface Unary {
        /** Adds the op. */
        SDVariable of(SameDiff graph, SDVariable x);
    }

    /** A function of two variables, which broadcasts them. */
    @FunctionalInterface
    interface Binary {
        /** Adds the op. */
        SDVariable of(SameDiff graph, SDVariable x, SDVariable y);
    }

    /** A formula over one value of an ONNX model. */
    @FunctionalInterface
    interface Formula {
        /** Adds nodes; returns the last one's value. */
        String of(ExportedOp op, String x) throws NotConvertibleException;
    }

    /** An op with one input. */
    static Importer unary(Unary function) {
        return op -> ImportedOp.result(function.of(op.graph(), op.in(0)));
    }

    /** An op with two inputs. */
    static Importer binary(Binary function) {
        return op -> {
            SDVariable[] inputs = Elements.broadcasting(op, 2);
            return ImportedOp.result(function.of(op.graph(), inputs[0], inputs[1]));
        };
    }

    /** An op with one or more inputs, which are taken one after the other. */
    static Importer chain(Binary function) {
        return op -> ImportedOp.result(chained(op, function));
    }

    /** All inputs of an op, one after the other. */
    static SDVariable chained(ImportedOp op, Binary function) {
        SDVariable[] inputs = Elements.broadcasting(op, Math.max(1, op.count()));
        SDVariable result = inputs[0];
        for (int i = 1; i < inputs.length; i++) {
            result = function.of(op.graph(), result, inputs[i]);
        }
        return result;
    }

    /** An ONNX op with the same inputs. */
    static Exporter as(String type) {
        return op -> op.node(type).reads(op.all()).writes(0);
    }

    /** An ONNX op of the same inputs in reverse order. */
    static Exporter swapped(String type) {
        return op -> op.node(type).reads(op.in(1), op.in(0)).writes(0);
    }

    /** An ONNX op with one input more: the number that the SameDiff op holds. */
    static Exporter withNumber(String type) {
        return op -> op.node(type).reads(op.in(0), number(op)).writes(0);
    }

    /** An ONNX op with one input more, in front: the number that the SameDiff op holds. */
    static Exporter numberFirst(String type) {
        return op -> op.node(type).reads(number(op), op.in(0)).writes(0);
    }

    /** An ONNX op of what a formula makes of the input. */
    static Exporter after(String type, Formula inner) {
        return op -> op.node(type).reads(inner.of(op, op.in(0))).writes(0);
    }

    /** An ONNX op of the input and what a formula makes of it. */
    static Exporter with(String type, Formula second) {
        return op -> {
            String x = op.in(0);
            op.node(type).reads(x, second.of(op, x)).writes(0);
        };
    }

    /** A node between. */
    static String node(ExportedOp op, String type, String... inputs) {
        return op.node(type).reads(inputs).value();
    }

    /** An initializer without axes, of the format of the first input. */
    static String number(ExportedOp op, double value) throws NotConvertibleException {
        return op.scalar(value, op.onnxType(0));
    }

    /** The number that a SameDiff op holds, as an initializer of the format of the input. */
    static String number(ExportedOp op) throws NotConvertibleException {
        return number(op, op.scalar());
    }
}
