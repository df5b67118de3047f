package org.rep4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;

/**
 * A tensor of a test.
 *
 * @param shape the sizes
 * @param values in row-major order
 */
@SuppressWarnings("ArrayRecordComponent") // compared by assertCloseTo only
public record Tensor(long[] shape, double[] values) {

    /** Normally distributed numbers. */
    public static Tensor random(Random random, long... shape) {
        double[] values = new double[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        Arrays.setAll(values, i -> random.nextGaussian());
        return new Tensor(shape, values);
    }

    /** The largest absolute value. */
    public double largest() {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    /** Fails unless shapes agree and no element is further from {@code expected} than {@code tolerance} · its largest. */
    public void assertCloseTo(Tensor expected, double tolerance, String what) {
        assertThat(shape).as("shape of %s", what).isEqualTo(expected.shape);
        assertThat(relativeDifference(expected))
                .as("relative difference of %s", what)
                .isLessThanOrEqualTo(tolerance);
    }

    /** The largest difference from {@code expected}, as a part of its largest element; NaN if one is NaN. */
    public double relativeDifference(Tensor expected) {
        double difference = 0;
        for (int i = 0; i < values.length; i++) {
            difference = Math.max(difference, Math.abs(values[i] - expected.values[i]));
        }
        double scale = expected.largest();
        return scale == 0 ? difference : difference / scale;
    }
}
