package org.rep4j.samediff;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;

/**
 * Reads addition, subtraction, multiplication and division where one side is a constant per channel (a scale or a shift), and
 * addition of computed values (a sum).
 */
final class ArithmeticReader implements OpReader {

    @Override
    public Node read(NativeOp op, LiftContext context) throws NotLiftableException {
        requireOneType(op, context);
        return switch (op.kind()) {
            case "add", "mergeadd" ->
                op.inputs().stream().anyMatch(context.constants()::isConstant)
                        ? shift(op, context, constant(op, context, true, x -> x))
                        : sum(op, context);
            case "add_scalar" -> shift(op, context, scalar(op, x -> x));
            case "sub_scalar" -> shift(op, context, scalar(op, x -> -x));
            case "mul_scalar" -> scale(op, context, scalar(op, x -> x));
            case "div_scalar" -> scale(op, context, scalar(op, x -> 1 / x));
            case "subtract" -> shift(op, context, constant(op, context, false, x -> -x));
            case "multiply" -> scale(op, context, constant(op, context, true, x -> x));
            case "divide", "realdiv" -> scale(op, context, constant(op, context, false, x -> 1 / x));
            case "biasadd" -> shift(op, context, bias(op, context));
            default -> throw new NotLiftableException("Rep4J does not know " + op.kind());
        };
    }

    private static void requireOneType(NativeOp op, LiftContext context) throws NotLiftableException {
        ElementType type = context.type(op.output());
        for (String input : op.inputs()) {
            if (!type.isFloatingPoint() || context.type(input) != type) {
                throw new NotLiftableException(
                        "its operands are not all floating-point numbers of the type of its result");
            }
        }
    }

    private static Sum sum(NativeOp op, LiftContext context) {
        List<Value> operands = op.inputs().stream().map(context::value).toList();
        Shape shape =
                operands.stream().map(Value::shape).reduce(Shapes::broadcast).orElse(Shape.unknown());
        return Sum.of(context.info(op), operands, context.output(op.output(), shape));
    }

    private static ChannelShift shift(NativeOp op, LiftContext context, ChannelConstant constant)
            throws NotLiftableException {
        Value input = variableSide(op, context);
        return new ChannelShift(context.info(op), input, context.output(op.output(), shape(input, constant)), constant);
    }

    private static ChannelScale scale(NativeOp op, LiftContext context, ChannelConstant constant)
            throws NotLiftableException {
        Value input = variableSide(op, context);
        return new ChannelScale(context.info(op), input, context.output(op.output(), shape(input, constant)), constant);
    }

    private static Shape shape(Value input, ChannelConstant constant) {
        if (constant.rank() == 0) {
            return input.shape();
        }
        long[] dims = new long[constant.rank()];
        Arrays.fill(dims, 1);
        Shape shape = Shape.of(dims);
        return Shapes.broadcast(
                input.shape(),
                constant.values().length == 1 ? shape : shape.withDim(constant.axis(), constant.values().length));
    }

    /** The operand that is not a constant. */
    private static Value variableSide(NativeOp op, LiftContext context) throws NotLiftableException {
        for (String input : op.inputs()) {
            if (!context.constants().isConstant(input)) {
                return context.value(input);
            }
        }
        throw new NotLiftableException("all its operands are constants");
    }

    private static ChannelConstant scalar(NativeOp op, DoubleUnaryOperator change) throws NotLiftableException {
        INDArray scalar = op.function() instanceof ScalarOp scalarOp ? scalarOp.scalar() : null;
        if (scalar == null) {
            throw new NotLiftableException("its scalar is not known");
        }
        return new ChannelConstant(new double[] {change.applyAsDouble(scalar.getDouble(0))}, 0, 0);
    }

    private static ChannelConstant constant(
            NativeOp op, LiftContext context, boolean anySide, DoubleUnaryOperator change) throws NotLiftableException {
        if (op.inputs().size() != 2) {
            throw new NotLiftableException("it has " + op.inputs().size() + " operands, some of them constants");
        }
        int side = anySide && context.constants().isConstant(op.inputs().get(0)) ? 0 : 1;
        INDArray array = context.array(op, side, "operand");
        if (Arrays.stream(array.shape()).filter(d -> d != 1).count() > 1) {
            throw new NotLiftableException("its constant " + op.inputs().get(side) + " has shape "
                    + Arrays.toString(array.shape()) + ", which is not one number per channel");
        }
        double[] values = Arrays.stream(NdArrayData.elements(array)).map(change).toArray();
        return ChannelConstant.fromBroadcast(Shape.of(array.shape()), values)
                .orElseThrow(() ->
                        new NotLiftableException("its constant " + op.inputs().get(side) + " is empty"));
    }

    /** A bias along axis 1 (its first flag says NCHW) or the last. */
    private static ChannelConstant bias(NativeOp op, LiftContext context) throws NotLiftableException {
        double[] values = NdArrayData.elements(context.array(op, 1, "biases"));
        if (values.length == 0) {
            throw new NotLiftableException("its biases are empty");
        }
        return new ChannelConstant(values, op.flag(0, false) ? 1 : -1, 0);
    }
}
