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
            return inRange(mapped(call, operand, operand.dataType(), function));
        };
    }

    /** An op that makes whole numbers of others, such as Floor: of what their format holds. */
    static ConstantOp rounding(DoubleUnaryOperator function) {
        return call -> {
            ConstantTensor operand = floating(call, 0);
            DoubleUnaryOperator format = format(operand.dataType());
            return mapped(call, operand, operand.dataType(), format.andThen(function));
        };
    }

    /** An op of operands of one format, of which it may have any number, such as Add or Max; integers stay integers. */
    static ConstantOp binary(DoubleBinaryOperator function) {
        return call -> {
            ConstantTensor result = exact(call.numeric(0));
            for (int i = 1; i < call.inputs(); i++) {
                ConstantTensor operand = exact(call.numeric(i));
                if (operand.dataType() != result.dataType()) {
                    throw new Unfoldable("");
                }
                result = inRange(combined(result, operand, result.dataType(), function));
            }
            return result;
        };
    }

    /** An op that compares two operands, or combines two truth values. */
    static ConstantOp comparison(Comparison comparison) {
        return call -> combined(
                exact(call.numeric(0)),
                exact(call.numeric(1)),
                DataType.BOOL_VALUE,
                (a, b) -> comparison.holds(a, b) ? 1 : 0);
    }

    /** What may be true of two numbers; truth values are 0 and 1. */
    @FunctionalInterface
    interface Comparison {
        boolean holds(double a, double b);
    }

    static ConstantTensor not(OpCall call) throws Unfoldable {
        ConstantTensor operand = call.numeric(0);
        if (operand.dataType() != DataType.BOOL_VALUE) {
            throw new Unfoldable("");
        }
        return mapped(call, operand, DataType.BOOL_VALUE, v -> 1 - v);
    }

    /** The remainder: its sign is the divisor's, or with fmod the dividend's. */
    static ConstantTensor modulo(OpCall call) throws Unfoldable {
        boolean truncates = call.attributes().integer("fmod", 0) != 0;
        return binary((a, b) -> {
                    double rest = a % b;
                    return !truncates && rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
                })
                .apply(call);
    }

    /** Division, which for integers rounds towards zero. */
    static ConstantTensor divide(OpCall call) throws Unfoldable {
        return binary(call.numeric(0).isInteger() ? (a, b) -> towardsZero(a / b) : (a, b) -> a / b)
                .apply(call);
    }

    /** Power; the exponent may be of another format. */
    static ConstantTensor power(OpCall call) throws Unfoldable {
        ConstantTensor base = floating(call, 0);
        return combined(base, call.numeric(1), base.dataType(), Math::pow);
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
        DoubleUnaryOperator target = format(to);
        return inRange(mapped(
                call,
                operand,
                to,
                TensorCodec.isInteger(to) ? format(operand.dataType()).andThen(target) : target));
    }

    /** What becomes of a number in this format. */
    private static DoubleUnaryOperator format(int dataType) throws Unfoldable {
        return switch (dataType) {
            case DataType.FLOAT_VALUE -> v -> (float) v;
            case DataType.DOUBLE_VALUE -> v -> v;
            case DataType.FLOAT16_VALUE -> v -> HalfPrecision.halfToDouble(HalfPrecision.doubleToHalf(v));
            case DataType.BFLOAT16_VALUE -> v -> HalfPrecision.bfloatToDouble(HalfPrecision.doubleToBfloat(v));
            case DataType.BOOL_VALUE -> v -> v != 0 ? 1 : 0;
            default -> {
                if (!TensorCodec.isInteger(dataType)) {
                    throw new Unfoldable("");
                }
                yield ArithmeticConstants::towardsZero;
            }
        };
    }

    static double towardsZero(double value) {
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
    static ConstantTensor exact(ConstantTensor operand) throws Unfoldable {
        return operand.isInteger() ? inRange(operand) : operand;
    }

    /** Declines what an integer of its format, or a double, does not hold: it would wrap around, or be undefined. */
    static ConstantTensor inRange(ConstantTensor result) throws Unfoldable {
        if (!result.isInteger()) {
            return result;
        }
        double largest = largest(result.dataType());
        double smallest = isUnsigned(result.dataType()) ? 0 : -largest;
        for (double value : result.readNumbers()) {
            if (!(value >= smallest && value <= largest)) {
                throw new Unfoldable("");
            }
        }
        return result;
    }

    private static double largest(int dataType) {
        return switch (dataType) {
            case DataType.INT8_VALUE -> Byte.MAX_VALUE;
            case DataType.UINT8_VALUE -> 0xFF;
            case DataType.INT16_VALUE -> Short.MAX_VALUE;
            case DataType.UINT16_VALUE -> 0xFFFF;
            case DataType.INT32_VALUE -> Integer.MAX_VALUE;
            case DataType.UINT32_VALUE -> 0xFFFFFFFFL;
            default -> LARGEST_EXACT;
        };
    }

    private static boolean isUnsigned(int dataType) {
        return switch (dataType) {
            case DataType.UINT8_VALUE, DataType.UINT16_VALUE, DataType.UINT32_VALUE, DataType.UINT64_VALUE -> true;
            default -> false;
        };
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
            ConstantTensor a, ConstantTensor b, int dataType, DoubleBinaryOperator function) throws Unfoldable {
        List<Long> left = Dims.of(a.shape());
        List<Long> right = Dims.of(b.shape());
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
