package org.rep4j.onnx;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.graph.HalfPrecision;
import org.rep4j.onnx.OpReader.Unfoldable;

/** Arithmetic of constants, in double precision whatever their format; casts round as they would. */
final class ArithmeticConstants {
    /** Up to here a double holds every integer. */
    private static final double LARGEST_EXACT = 0x1p53;

    private ArithmeticConstants() {}

    /** An op on floating-point numbers, such as Sqrt. */
    static ConstantOp unary(DoubleUnaryOperator function) {
        return call -> {
            ConstantTensor operand = floating(call, 0);
            return mapped(call, operand, operand.dataType(), function);
        };
    }

    /** An op on numbers of any kind, such as Neg. */
    static ConstantOp signed(DoubleUnaryOperator function) {
        return call -> {
            ConstantTensor operand = exact(call.numeric(0));
            return mapped(call, operand, operand.dataType(), function);
        };
    }

    /** An op of two operands of one format, such as Add; integers stay integers. */
    static ConstantOp binary(DoubleBinaryOperator function) {
        return call -> {
            ConstantTensor a = exact(call.numeric(0));
            ConstantTensor b = exact(call.numeric(1));
            if (a.dataType() != b.dataType()) {
                throw new Unfoldable("");
            }
            return inRange(combined(call, a, b, a.dataType(), function));
        };
    }

    /** Division, which for integers rounds towards zero. */
    static ConstantTensor divide(OpCall call) throws Unfoldable {
        return binary(call.numeric(0).isInteger() ? (a, b) -> towardsZero(a / b) : (a, b) -> a / b)
                .apply(call);
    }

    /** Power; the exponent may be of another format. */
    static ConstantTensor power(OpCall call) throws Unfoldable {
        ConstantTensor base = floating(call, 0);
        return combined(call, base, call.numeric(1), base.dataType(), Math::pow);
    }

    static ConstantTensor equal(OpCall call) throws Unfoldable {
        return combined(
                call, exact(call.numeric(0)), exact(call.numeric(1)), DataType.BOOL_VALUE, (a, b) -> a == b ? 1 : 0);
    }

    static ConstantTensor where(OpCall call) throws Unfoldable {
        ConstantTensor condition = call.numeric(0);
        ConstantTensor then = call.numeric(1);
        ConstantTensor otherwise = call.numeric(2);
        if (condition.dataType() != DataType.BOOL_VALUE || then.dataType() != otherwise.dataType()) {
            throw new Unfoldable("");
        }
        List<Long> dims = Dims.broadcast(call.dims(0), Dims.broadcast(call.dims(1), call.dims(2)));
        List<ConstantTensor> operands = List.of(condition, then, otherwise);
        List<List<Long>> shapes = List.of(call.dims(0), call.dims(1), call.dims(2));
        return ComputedTensor.of(then.dataType(), dims, operands, () -> {
            double[] choice = Strided.broadcast(condition.readNumbers(), shapes.get(0), dims)
                    .copy();
            double[] a =
                    Strided.broadcast(then.readNumbers(), shapes.get(1), dims).copy();
            double[] b = Strided.broadcast(otherwise.readNumbers(), shapes.get(2), dims)
                    .copy();
            for (int i = 0; i < choice.length; i++) {
                choice[i] = choice[i] != 0 ? a[i] : b[i];
            }
            return choice;
        });
    }

    static ConstantTensor cast(OpCall call) throws Unfoldable {
        ConstantTensor operand = call.numeric(0);
        int to = Math.toIntExact(call.attributes().integer("to", DataType.UNDEFINED_VALUE));
        if (to == operand.dataType()) {
            return operand;
        }
        return inRange(mapped(
                call,
                operand,
                to,
                switch (to) {
                    case DataType.FLOAT_VALUE -> v -> (float) v;
                    case DataType.DOUBLE_VALUE -> v -> v;
                    case DataType.FLOAT16_VALUE -> v -> HalfPrecision.halfToDouble(HalfPrecision.doubleToHalf(v));
                    case DataType.BFLOAT16_VALUE -> v -> HalfPrecision.bfloatToDouble(HalfPrecision.doubleToBfloat(v));
                    case DataType.INT64_VALUE, DataType.INT32_VALUE -> ArithmeticConstants::towardsZero;
                    case DataType.BOOL_VALUE -> v -> v != 0 ? 1 : 0;
                    default -> throw new Unfoldable("");
                }));
    }

    private static double towardsZero(double value) {
        return value < 0 ? Math.ceil(value) : Math.floor(value);
    }

    private static ConstantTensor floating(OpCall call, int input) throws Unfoldable {
        ConstantTensor operand = call.operand(input);
        if (!operand.type().isFloatingPoint()) {
            throw new Unfoldable("");
        }
        return operand;
    }

    /** Integers of many digits are not computed with: a double would round them. */
    private static ConstantTensor exact(ConstantTensor operand) throws Unfoldable {
        return operand.isInteger() ? inRange(operand) : operand;
    }

    /** Declines what an integer of its format, or a double, does not hold: it would wrap around, or be undefined. */
    private static ConstantTensor inRange(ConstantTensor result) throws Unfoldable {
        if (!result.isInteger()) {
            return result;
        }
        double largest = result.dataType() == DataType.INT32_VALUE ? Integer.MAX_VALUE : LARGEST_EXACT;
        for (double value : result.readNumbers()) {
            if (!(Math.abs(value) <= largest)) {
                throw new Unfoldable("");
            }
        }
        return result;
    }

    private static ConstantTensor mapped(
            OpCall call, ConstantTensor operand, int dataType, DoubleUnaryOperator function) throws Unfoldable {
        return ComputedTensor.of(dataType, call.dims(0), List.of(operand), () -> {
            double[] values = operand.readNumbers();
            for (int i = 0; i < values.length; i++) {
                values[i] = function.applyAsDouble(values[i]);
            }
            return values;
        });
    }

    private static ConstantTensor combined(
            OpCall call, ConstantTensor a, ConstantTensor b, int dataType, DoubleBinaryOperator function)
            throws Unfoldable {
        List<Long> left = call.dims(0);
        List<Long> right = call.dims(1);
        List<Long> dims = Dims.broadcast(left, right);
        return ComputedTensor.of(dataType, dims, List.of(a, b), () -> {
            double[] values = Strided.broadcast(a.readNumbers(), left, dims).copy();
            double[] others = Strided.broadcast(b.readNumbers(), right, dims).copy();
            for (int i = 0; i < values.length; i++) {
                values[i] = function.applyAsDouble(values[i], others[i]);
            }
            return values;
        });
    }
}
