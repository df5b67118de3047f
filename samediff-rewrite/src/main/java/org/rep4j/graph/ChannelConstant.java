package org.rep4j.graph;

import java.util.Arrays;
import java.util.Optional;

/**
 * A constant that is added to or multiplied with each channel: a scalar, or a vector along one axis.
 *
 * <p>It owns its array; who builds it hands the array over.
 */
public final class ChannelConstant {
    private final double[] values;
    private final int axis;
    private final int rank;

    /**
     * @param values one per channel, or a single one for all; handed over
     * @param axis the axis along which the values lie; negative counts from the end, meaningless for a single value
     * @param rank rank of the constant tensor in the graph: broadcasting to a lower rank would raise it
     */
    public ChannelConstant(double[] values, int axis, int rank) {
        this.values = values;
        this.axis = axis;
        this.rank = rank;
    }

    /** One value for all channels of a tensor of any rank. */
    public static ChannelConstant scalar(double value) {
        return new ChannelConstant(new double[] {value}, 0, 0);
    }

    /**
     * The constant that a tensor of this shape broadcasts to, if at most one of its dimensions is not 1.
     *
     * @param shape fully known
     * @param values its elements, handed over
     */
    public static Optional<ChannelConstant> fromBroadcast(Shape shape, double[] values) {
        int rank = shape.rank();
        int axis = 0;
        for (int i = 0; i < rank; i++) {
            if (shape.dim(i) != 1) {
                if (axis != 0) {
                    return Optional.empty();
                }
                axis = i - rank;
            }
        }
        return values.length == 0 ? Optional.empty() : Optional.of(new ChannelConstant(values, axis, rank));
    }

    /** One value per channel, or a single one; not a copy. */
    public double[] values() {
        return values;
    }

    /** The axis along which the values lie; negative counts from the end. */
    public int axis() {
        return axis;
    }

    /** Rank of the constant tensor. */
    public int rank() {
        return rank;
    }

    /** Whether all values are 0. */
    public boolean isZero() {
        return Magnitude.of(values) == 0;
    }

    /** {@code 0.5}, or {@code 64 constants} if there are several. */
    @Override
    public String toString() {
        return values.length == 1 ? Double.toString(values[0]) : values.length + " constants";
    }

    /**
     * One value per channel, a single one repeated; a copy.
     *
     * @throws IllegalArgumentException if there are several values, but not one per channel
     */
    public double[] expanded(int channels) {
        if (values.length == channels) {
            return values.clone();
        }
        if (values.length != 1) {
            throw new IllegalArgumentException(values.length + " constants do not fit " + channels + " channels");
        }
        double[] expanded = new double[channels];
        Arrays.fill(expanded, values[0]);
        return expanded;
    }

    Optional<String> defect() {
        return Double.isFinite(Magnitude.of(values)) ? Optional.empty() : Optional.of("its constant is not finite");
    }
}
