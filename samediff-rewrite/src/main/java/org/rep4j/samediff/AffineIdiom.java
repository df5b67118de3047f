package org.rep4j.samediff;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/**
 * A BatchNorm as {@link AffineEmitter} writes it where it should stay trainable, and as people write layer scales with a bias:
 *
 * <pre>
 * x → multiply by s → add t → y
 * </pre>
 *
 * with constants of one shape, channels × 1 × …, nobody else reading what is in between. It is read as the BatchNorm of
 * γ = s, β = t, μ = 0, σ² = 1.
 *
 * @param ops the multiplication, the addition
 * @param statistics γ, β and the rest
 * @param channelAxis where the constants' channels lie, counted from the end
 */
record AffineIdiom(List<NativeOp> ops, BatchNormStatistics statistics, int channelAxis) implements Idiom {

    /** Copies the list. */
    AffineIdiom {
        ops = List.copyOf(ops);
    }

    /**
     * The BatchNorm that begins with {@code multiply}.
     *
     * @param multiply an op whose inputs have been lifted
     */
    static Optional<AffineIdiom> match(NativeOp multiply, LiftContext context) {
        if (!isPlain(multiply, "multiply", context)) {
            return Optional.empty();
        }
        NativeOp add = context.view()
                .onlyReader(multiply.output())
                .filter(reader -> isPlain(reader, "add", context))
                .orElse(null);
        if (add == null) {
            return Optional.empty();
        }
        INDArray scale = array(multiply, context);
        INDArray shift = array(add, context);
        Shape input = context.value(computed(multiply, context)).shape();
        if (scale == null || shift == null || !Arrays.equals(scale.shape(), shift.shape()) || !fits(scale, input)) {
            return Optional.empty();
        }
        BatchNormStatistics statistics =
                BatchNormStatistics.of(new ChannelAffine(NdArrayData.elements(scale), NdArrayData.elements(shift)));
        return Optional.of(new AffineIdiom(List.of(multiply, add), statistics, -scale.rank()));
    }

    /** Whether the op has two operands, one of them constant. */
    static boolean isPlain(NativeOp op, String kind, LiftContext context) {
        return op.kind().equals(kind)
                && !op.ordered()
                && op.inputs().size() == 2
                && op.inputs().stream().filter(context.constants()::isConstant).count() == 1
                && ArithmeticReader.hasOneType(op, context);
    }

    private static String computed(NativeOp op, LiftContext context) {
        return op.inputs().get(context.constants().isConstant(op.inputs().get(0)) ? 1 : 0);
    }

    /** The name of the op's constant operand. */
    static String constant(NativeOp op, LiftContext context) {
        return op.inputs().get(context.constants().isConstant(op.inputs().get(0)) ? 0 : 1);
    }

    private static @Nullable INDArray array(NativeOp op, LiftContext context) {
        return context.constants().array(constant(op, context)).orElse(null);
    }

    /** Whether the array has one number for each channel of the input, several of them, and does not broadcast it. */
    private static boolean fits(INDArray array, Shape input) {
        return array.rank() > 0
                && array.rank() <= input.rank()
                && array.length() > 1
                && array.size(0) == array.length()
                && input.dim(-array.rank()) == array.length();
    }

    @Override
    public BatchNormalization node(LiftContext context) {
        NativeOp multiply = ops.get(0);
        NativeOp add = root();
        Value input = context.value(computed(multiply, context));
        NativeGroup group = new NativeGroup(ops, false, context.isTrainable(multiply) || context.isTrainable(add));
        return new BatchNormalization(
                context.info(add, group), input, context.output(add.output(), input.shape()), statistics, channelAxis);
    }
}
