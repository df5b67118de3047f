package org.rep4j.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import org.openjdk.jmh.util.Statistics;

/**
 * Times of one thing, in milliseconds: median and quartiles, which a few disturbed samples do not move.
 *
 * @param samples how many there were
 */
record Timing(double median, double lowerQuartile, double upperQuartile, long samples) {

    static Timing of(Statistics statistics) {
        return new Timing(
                statistics.getPercentile(50),
                statistics.getPercentile(25),
                statistics.getPercentile(75),
                statistics.getN());
    }

    static Timing of(double... samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return new Timing(quantile(sorted, 0.5), quantile(sorted, 0.25), quantile(sorted, 0.75), sorted.length);
    }

    /** Linear between neighbours. */
    private static double quantile(double[] sorted, double part) {
        double position = part * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    /** {@code median (lower quartile – upper quartile)}. */
    @Override
    public String toString() {
        return number(median) + " (" + number(lowerQuartile) + "–" + number(upperQuartile) + ")";
    }

    /** A figure with three digits, or all digits before the point if there are more. */
    static String number(double value) {
        int magnitude = value == 0 ? 0 : (int) Math.floor(Math.log10(Math.abs(value)));
        return String.format(Locale.ROOT, "%,." + Math.max(0, 2 - magnitude) + "f", value);
    }
}
