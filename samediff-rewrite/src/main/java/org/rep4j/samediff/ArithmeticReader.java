package org.rep4j.samediff;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/**
 * Reads addition, subtraction, multiplication, division and negation where all operands but one are a constant per channel (a
 * scale, a shift, or both), and addition and subtraction of computed values (a sum).
 */
final class ArithmeticReader implements OpSeriesReader {

    @Override
    public List<Node> read(NativeOp op, LiftContext context) throws NotLiftableException {
        requireOneType(op, context);
        if (op.kind().equals("mergeadd") && op.inputs().size() == 1) {
            return List.of(StructureReader.identity(op, context));
        }
        return switch (op.kind()) {
            case "add", "mergeadd" ->
                hasConstant(op, context)
                        ? shift(op, context, constant(op, context, 0, 1, x -> x))
                        : List.of(SignedSumIdiom.plain(op, context));
            case "subtract" ->
                hasConstant(op, context) ? difference(op, context, 0) : List.of(SignedSumIdiom.plain(op, context));
            case "reversesubtract" ->
                hasConstant(op, context) ? difference(op, context, 1) : List.of(SignedSumIdiom.plain(op, context));
            case "add_scalar" -> shift(op, context, scalar(op, x -> x));
            case "sub_scalar" -> shift(op, context, scalar(op, x -> -x));
            case "rsub_scalar" -> reflection(op, context, scalar(op, x -> x));
            case "mul_scalar" -> scale(op, context, scalar(op, x -> x));
            case "div_scalar" -> scale(op, context, scalar(op, x -> 1 / x));
            case "neg" -> scale(op, context, ChannelConstant.scalar(-1));
            case "multiply" -> scale(op, context, constant(op, context, 0, 1, x -> x));
            case "divide", "realdiv" -> scale(op, context, constant(op, context, 1, 1, x -> 1 / x));
            case "reversedivide" -> scale(op, context, constant(op, context, 0, 0, x -> 1 / x));
            case "biasadd" -> shift(op, context, bias(op, context));
            default -> throw new NotLiftableException("Rep4J does not know " + op.kind());
        };
    }

    /** Fails if the algebra, which knows real numbers of one format, would compute something else. */
    private static void requireOneType(NativeOp op, LiftContext context) throws NotLiftableException {
        if (!hasOneType(op, context)) {
            throw new NotLiftableException("its operands are not all floating-point numbers of the type of its result");
        }
    }

    /** Whether operands and result are floating-point numbers of one format. */
    static boolean hasOneType(NativeOp op, LiftContext context) {
        ElementType type = context.type(op.output());
        return type.isFloatingPoint() && op.inputs().stream().allMatch(i -> context.type(i) == type);
    }

    private static boolean hasConstant(NativeOp op, LiftContext context) {
        return op.inputs().stream().anyMatch(context.constants()::isConstant);
    }

    private static List<Node> shift(NativeOp op, LiftContext context, ChannelConstant constant)
            throws NotLiftableException {
        Value input = variableSide(op, context);
        Value output = context.output(op.output(), shape(input, constant));
        return List.of(new ChannelShift(context.info(op), input, output, constant));
    }

    private static List<Node> scale(NativeOp op, LiftContext context, ChannelConstant constant)
            throws NotLiftableException {
        Value input = variableSide(op, context);
        Value output = context.output(op.output(), shape(input, constant));
        return List.of(new ChannelScale(context.info(op), input, output, constant));
    }

    /** Input {@code minuend} minus the other one, one of them a constant. */
    private static List<Node> difference(NativeOp op, LiftContext context, int minuend) throws NotLiftableException {
        return context.constants().isConstant(op.inputs().get(minuend))
                ? reflection(op, context, constant(op, context, minuend, minuend, x -> x))
                : shift(op, context, constant(op, context, 1 - minuend, 1 - minuend, x -> -x));
    }

    /**
     * {@code c − x}. One node where the constants lie along a known axis of x; else two, for a BatchNorm must know its
     * channels.
     */
    private static List<Node> reflection(NativeOp op, LiftContext context, ChannelConstant constant)
            throws NotLiftableException {
        Value input = variableSide(op, context);
        int channels = constant.values().length;
        if (channels > 1
                && constant.rank() <= input.shape().rank()
                && input.shape().dim(constant.axis()) == channels) {
            double[] zeros = new double[channels];
            BatchNormStatistics statistics =
                    new BatchNormStatistics(filled(channels, -1), constant.values(), zeros, filled(channels, 1), 0);
            Value output = context.output(op.output(), input.shape());
            return List.of(new BatchNormalization(context.info(op), input, output, statistics, constant.axis()));
        }
        Value negative = context.inner(op, "negative", input.shape());
        ChannelScale negation =
                new ChannelScale(context.innerInfo(op, negative, false), input, negative, ChannelConstant.scalar(-1));
        Value output = context.output(op.output(), shape(input, constant));
        return List.of(negation, new ChannelShift(context.info(op), negative, output, constant));
    }

    private static double[] filled(int length, double number) {
        double[] filled = new double[length];
        Arrays.fill(filled, number);
        return filled;
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
        return ChannelConstant.scalar(change.applyAsDouble(scalar.getDouble(0)));
    }

    /**
     * The constant among two operands.
     *
     * @param first the operand that is taken if it is one
     * @param second the operand that is taken otherwise
     */
    private static ChannelConstant constant(
            NativeOp op, LiftContext context, int first, int second, DoubleUnaryOperator change)
            throws NotLiftableException {
        if (op.inputs().size() != 2) {
            throw new NotLiftableException("it has " + op.inputs().size() + " operands, some of them constants");
        }
        int side = context.constants().isConstant(op.inputs().get(first)) ? first : second;
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
