package org.rep4j.algebra;

import java.util.Arrays;
import java.util.Optional;

/**
 * What an inference BatchNorm knows: γ, β, the running mean μ and variance σ² per channel, and ε
 * (Ioffe and Szegedy 2015, algorithm 2).
 *
 * @param gamma γ
 * @param beta β
 * @param mean μ
 * @param variance σ², without ε
 * @param epsilon ε, as the op that ran has it
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of arrays; never compared
public record BatchNormStatistics(double[] gamma, double[] beta, double[] mean, double[] variance, double epsilon) {

    /** @throws IllegalArgumentException if the arrays differ in length */
    public BatchNormStatistics {
        if (gamma.length != beta.length || gamma.length != mean.length || gamma.length != variance.length) {
            throw new IllegalArgumentException("scale, shift, mean and variance have " + gamma.length + ", "
                    + beta.length + ", " + mean.length + " and " + variance.length + " channels");
        }
    }

    /** Statistics that do what {@code affine} does: its scale and shift as γ and β, mean 0, variance 1, ε 0. */
    public static BatchNormStatistics of(ChannelAffine affine) {
        double[] ones = new double[affine.channels()];
        Arrays.fill(ones, 1);
        return new BatchNormStatistics(affine.scale(), affine.shift(), new double[ones.length], ones, 0);
    }

    /** Number of channels. */
    public int channels() {
        return gamma.length;
    }

    /** What makes these statistics unusable, in words: a number that is not finite, or σ² + ε that has no square root. */
    public Optional<String> defect() {
        for (int c = 0; c < gamma.length; c++) {
            if (!Double.isFinite(gamma[c]) || !Double.isFinite(beta[c]) || !Double.isFinite(mean[c])) {
                return Optional.of("its scale, shift or mean is not finite in channel " + c);
            }
            if (!(variance[c] >= 0) || !Double.isFinite(variance[c])) {
                return Optional.of("its variance in channel " + c + " is " + variance[c]);
            }
            if (!(variance[c] + epsilon > 0)) {
                return Optional.of("its variance plus epsilon in channel " + c + " is " + (variance[c] + epsilon));
            }
        }
        return Optional.empty();
    }

    /** {@code s = γ / √(σ² + ε)} and {@code β − μ·s}. */
    public ChannelAffine affine() {
        double[] scale = new double[gamma.length];
        double[] shift = new double[gamma.length];
        for (int c = 0; c < gamma.length; c++) {
            scale[c] = gamma[c] / Math.sqrt(variance[c] + epsilon);
            shift[c] = beta[c] - mean[c] * scale[c];
        }
        return new ChannelAffine(scale, shift);
    }
}
