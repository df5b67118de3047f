package org.rep4j.cli.picture;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How weights are spread: what decides how much of them INT8 keeps. One scale for a whole kernel is as fine as its widest
 * channel allows, so narrow channels lose precision (Nagel and others, Data-Free Quantization, 2019, section 3.1).
 *
 * @param kernels number of kernels
 * @param counts finite weights per bar of the histogram
 * @param notFinite number of weights that are not finite
 * @param min smallest finite weight
 * @param max largest finite weight
 * @param deviation standard deviation of the finite weights
 * @param channelRatio largest absolute weight of a kernel, relative to the median of the largest ones of its output channels;
 *     of several kernels that of the worst
 */
record Spread(
        int kernels, List<Long> counts, long notFinite, double min, double max, double deviation, double channelRatio) {

    private static final int BAR = 5;
    /** Height of {@link #path()}, whose width is {@value #BAR} times the number of bars. */
    private static final int HEIGHT = 44;

    /** The histogram as the data of an SVG path; heights are logarithms, so that a single outlier shows. */
    String path() {
        double most = Math.log(
                (double) Math.max(2, counts.stream().mapToLong(c -> c).max().orElse(0)));
        StringBuilder path = new StringBuilder("M0 ").append(HEIGHT);
        for (long count : counts) {
            double height = count == 0 ? 0 : 2 + (HEIGHT - 4) * Math.log((double) count) / most;
            path.append('V').append(HEIGHT - Math.round(height)).append('h').append(BAR);
        }
        return path.append('V').append(HEIGHT).append('Z').toString();
    }

    /** The counts, with spaces between. */
    String bars() {
        return counts.stream().map(c -> Long.toString(c)).collect(Collectors.joining(" "));
    }

    /** Smallest weight, for people. */
    String lowest() {
        return Text.number(min);
    }

    /** Largest weight, for people. */
    String highest() {
        return Text.number(max);
    }

    /** Standard deviation, for people. */
    String std() {
        return Text.number(deviation);
    }

    /** {@link #channelRatio()}, for people. */
    String ratio() {
        return Text.number(channelRatio);
    }
}
