package org.rep4j.samediff;

import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.convolution.BatchNorm;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/**
 * Writes scales, shifts and BatchNorms. A BatchNorm is written as batchnorm where it replaces one, else as a multiplication and an
 * addition, because SameDiff cannot differentiate batchnorm: what could be trained before can be trained after.
 */
final class AffineEmitter {
    private final SameDiffSurgery surgery;

    AffineEmitter(SameDiffSurgery surgery) {
        this.surgery = surgery;
    }

    void emit(BatchNormalization norm, Provenance.Origin origin) {
        int axis = axisFromEnd(norm.channelAxis(), norm.input().shape());
        boolean rankKnown = norm.input().shape().rank() >= 0;
        if (axis >= 0 || (rankKnown && (origin.normalizes() || norm.channels() == 1))) {
            batchNorm(norm.input(), norm.output(), norm.statistics(), norm.channelAxis(), origin.trainable());
            return;
        }
        ChannelAffine affine = norm.statistics().affine();
        String scaled = surgery.freshName(norm.output().name() + "_scaled");
        SDVariable scale = stored(norm.output(), "scale", affine.scale(), axis, 0, origin.trainable());
        SDVariable product = surgery.name(
                        new MulOp(surgery.graph(), surgery.variable(norm.input().name()), scale), scaled)[0];
        SDVariable shift = stored(norm.output(), "shift", affine.shift(), axis, 0, origin.trainable());
        surgery.name(new AddOp(surgery.graph(), product, shift), norm.output().name());
    }

    void emit(ChannelScale scale, Provenance.Origin origin) {
        ChannelConstant constant = scale.constant();
        int axis = axisFromEnd(constant.axis(), scale.input().shape());
        double[] values = constant.values();
        if (axis >= 0 && values.length > 1) {
            BatchNormStatistics statistics = new BatchNormStatistics(
                    values, new double[values.length], new double[values.length], ones(values.length), 0);
            batchNorm(scale.input(), scale.output(), statistics, axis, origin.trainable());
            return;
        }
        SDVariable factor = stored(scale.output(), "scale", values, axis, constant.rank(), origin.trainable());
        surgery.name(
                new MulOp(surgery.graph(), surgery.variable(scale.input().name()), factor),
                scale.output().name());
    }

    void emit(ChannelShift shift, Provenance.Origin origin) {
        ChannelConstant constant = shift.constant();
        int axis = axisFromEnd(constant.axis(), shift.input().shape());
        double[] values = constant.values();
        if (axis >= 0 && values.length > 1) {
            int channels = values.length;
            BatchNormStatistics statistics =
                    new BatchNormStatistics(ones(channels), values, new double[channels], ones(channels), 0);
            batchNorm(shift.input(), shift.output(), statistics, axis, origin.trainable());
            return;
        }
        add(surgery.variable(shift.input().name()), shift.output(), constant, axis, origin.trainable());
    }

    /**
     * Adds a constant.
     *
     * @param axis of its channels, counted from the end
     * @return what {@code output} is called from now on
     */
    private SDVariable add(SDVariable input, Value output, ChannelConstant constant, int axis, boolean trainable) {
        SDVariable summand = stored(output, "shift", constant.values(), axis, constant.rank(), trainable);
        return surgery.name(new AddOp(surgery.graph(), input, summand), output.name())[0];
    }

    /** {@code axis} counted from the end, so that it does not depend on the rank; not negative where the rank is not known. */
    private static int axisFromEnd(int axis, Shape shape) {
        return axis >= 0 && shape.rank() > axis ? axis - shape.rank() : axis;
    }

    private static double[] ones(int length) {
        double[] ones = new double[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** The constants as an array that broadcasts along their axis and has at least {@code rank} dimensions. */
    private SDVariable stored(Value output, String role, double[] values, int axis, int rank, boolean trainable) {
        long[] shape = new long[values.length == 1 ? rank : Math.max(rank, -axis)];
        Arrays.fill(shape, 1);
        if (values.length > 1) {
            shape[axis + shape.length] = values.length;
        }
        return surgery.parameter(
                output.name() + "_" + role, NdArrayData.array(values, output.type(), shape), trainable);
    }

    private void batchNorm(Value input, Value output, BatchNormStatistics s, int axis, boolean trainable) {
        SDVariable[] parameters = {
            vector(output, "mean", s.mean(), trainable),
            vector(output, "variance", s.variance(), trainable),
            vector(output, "gamma", s.gamma(), trainable),
            vector(output, "beta", s.beta(), trainable)
        };
        int known = axis < 0 && input.shape().rank() > 0 ? axis + input.shape().rank() : axis;
        BatchNorm op = new BatchNorm(
                surgery.graph(),
                surgery.variable(input.name()),
                parameters[0],
                parameters[1],
                parameters[2],
                parameters[3],
                s.epsilon(),
                new int[] {known});
        surgery.name(op, output.name());
    }

    private SDVariable vector(Value output, String role, double[] values, boolean trainable) {
        ElementType type = output.type();
        return surgery.parameter(output.name() + "_" + role, NdArrayData.array(values, type, values.length), trainable);
    }
}
