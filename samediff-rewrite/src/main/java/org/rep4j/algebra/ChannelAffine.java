package org.rep4j.algebra;

import java.util.Arrays;

/**
 * {@code y = scale · x + shift}, channel by channel: what an inference BatchNorm, a scale and a bias have in common.
 *
 * <p>Owns its arrays, as {@link ConvKernel} does.
 */
public final class ChannelAffine {
    private final double[] scale;
    private final double[] shift;

    /**
     * @param scale one entry per channel, handed over
     * @param shift one entry per channel, handed over
     */
    public ChannelAffine(double[] scale, double[] shift) {
        if (scale.length != shift.length) {
            throw new IllegalArgumentException(scale.length + " scales but " + shift.length + " shifts");
        }
        this.scale = scale;
        this.shift = shift;
    }

    /** Scaling alone. */
    public static ChannelAffine scaling(double[] scale) {
        return new ChannelAffine(scale, new double[scale.length]);
    }

    /** Shifting alone. */
    public static ChannelAffine shifting(double[] shift) {
        double[] ones = new double[shift.length];
        Arrays.fill(ones, 1);
        return new ChannelAffine(ones, shift);
    }

    /** Number of channels. */
    public int channels() {
        return scale.length;
    }

    /** The factors; not a copy. */
    public double[] scale() {
        return scale;
    }

    /** The summands; not a copy. */
    public double[] shift() {
        return shift;
    }

    /** First this, then {@code next}. */
    public ChannelAffine andThen(ChannelAffine next) {
        double[] s = new double[scale.length];
        double[] t = new double[scale.length];
        for (int c = 0; c < s.length; c++) {
            s[c] = scale[c] * next.scale[c];
            t[c] = shift[c] * next.scale[c] + next.shift[c];
        }
        return new ChannelAffine(s, t);
    }

    /** Whether each number is finite. */
    public boolean isFinite() {
        return Arrays.stream(scale).allMatch(Double::isFinite)
                && Arrays.stream(shift).allMatch(Double::isFinite);
    }
}
