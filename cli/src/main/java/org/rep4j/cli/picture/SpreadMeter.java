package org.rep4j.cli.picture;

import java.util.Arrays;
import java.util.List;
import org.rep4j.algebra.ConvKernel;
import org.rep4j.graph.KernelSource;

/**
 * Measures how the weights of kernels are spread, biases aside. Kernels are read one at a time, twice each: no more than one is
 * ever held.
 */
final class SpreadMeter {
    /** Bars of a histogram. */
    static final int BINS = 48;

    private final List<KernelSource> kernels;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double sum;
    private long finite;
    private long notFinite;
    private double channelRatio = 1;

    /** Reads {@code kernels} for their range. */
    SpreadMeter(List<KernelSource> kernels) {
        this.kernels = List.copyOf(kernels);
        for (KernelSource source : kernels) {
            ConvKernel kernel = source.read();
            for (double weight : kernel.weights()) {
                if (Double.isFinite(weight)) {
                    min = Math.min(min, weight);
                    max = Math.max(max, weight);
                    sum += weight;
                    finite++;
                } else {
                    notFinite++;
                }
            }
            channelRatio = Math.max(channelRatio, channelRatio(kernel));
        }
    }

    /** The smallest weight; +∞ if there is none. */
    double min() {
        return min;
    }

    /** The largest weight; −∞ if there is none. */
    double max() {
        return max;
    }

    /**
     * Reads the kernels again, for a histogram of equal bars.
     *
     * @param from beginning of the first bar, not above {@link #min()}
     * @param to end of the last bar, which includes it; not below {@link #max()}
     */
    Spread between(double from, double to) {
        long[] counts = new long[BINS];
        double mean = finite == 0 ? 0 : sum / finite;
        double squares = 0;
        double barsPerUnit = to > from ? BINS / (to - from) : 0;
        for (KernelSource source : kernels) {
            for (double weight : source.read().weights()) {
                if (Double.isFinite(weight)) {
                    counts[Math.min((int) ((weight - from) * barsPerUnit), BINS - 1)]++;
                    squares += (weight - mean) * (weight - mean);
                }
            }
        }
        double deviation = finite == 0 ? 0 : Math.sqrt(squares / finite);
        return new Spread(
                kernels.size(), Arrays.stream(counts).boxed().toList(), notFinite, min, max, deviation, channelRatio);
    }

    /** The largest absolute weight of all, relative to the median of those of the output channels. */
    private static double channelRatio(ConvKernel kernel) {
        double[] largest = new double[kernel.shape().outChannels()];
        int row = kernel.weights().length / largest.length;
        for (int i = 0; i < kernel.weights().length; i++) {
            double size = Math.abs(kernel.weights()[i]);
            if (Double.isFinite(size)) {
                largest[i / row] = Math.max(largest[i / row], size);
            }
        }
        Arrays.sort(largest);
        double top = largest[largest.length - 1];
        return top == 0 ? 1 : top / largest[largest.length / 2];
    }
}
