package org.rep4j.graph;

/** The largest absolute value of an array, in which a NaN is not lost. */
final class Magnitude {
    private Magnitude() {}

    static double of(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value)); // Math.max keeps NaN
        }
        return largest;
    }
}
