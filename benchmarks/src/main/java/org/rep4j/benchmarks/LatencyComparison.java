package org.rep4j.benchmarks;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Latency of two nets, or of one in two runtimes: one image, one thread. The two take turns, image by image, so that whatever else
 * the machine does hits both alike; which one goes first changes from turn to turn. JMH measures one thing after the other and cannot
 * do that.
 */
final class LatencyComparison {
    /** Each block opens its nets anew: where their memory comes to lie is a matter of luck. */
    private static final int BLOCKS = 5;

    private static final int WARM_UP = 8;
    private static final int TURNS = 40;

    private LatencyComparison() {}

    /**
     * Latencies over all blocks, and how their ratio varies.
     *
     * @param ratio median of the first over median of the second
     * @param lowestRatio the smallest such ratio of one block
     * @param highestRatio the largest such ratio of one block
     */
    record Latency(Timing first, Timing second, double ratio, double lowestRatio, double highestRatio) {}

    /** Makes a net ready to run. */
    interface Opener {
        ReadyNet open() throws OrtException;
    }

    /** Two models in ONNX Runtime with all of its own optimizations on. */
    static Latency measure(Path first, Path second) throws OrtException {
        return measure(() -> SessionNet.open(first), () -> SessionNet.open(second));
    }

    static Latency measure(Opener first, Opener second) throws OrtException {
        double[] firstTimes = new double[BLOCKS * TURNS];
        double[] secondTimes = new double[BLOCKS * TURNS];
        double[] ratios = new double[BLOCKS];
        for (int block = 0; block < BLOCKS; block++) {
            int from = block * TURNS;
            takeTurns(first, second, firstTimes, secondTimes, from);
            ratios[block] = Timing.of(Arrays.copyOfRange(firstTimes, from, from + TURNS))
                            .median()
                    / Timing.of(Arrays.copyOfRange(secondTimes, from, from + TURNS))
                            .median();
        }
        Timing firstTiming = Timing.of(firstTimes);
        Timing secondTiming = Timing.of(secondTimes);
        Arrays.sort(ratios);
        return new Latency(
                firstTiming, secondTiming, firstTiming.median() / secondTiming.median(), ratios[0], ratios[BLOCKS - 1]);
    }

    private static void takeTurns(Opener first, Opener second, double[] firstTimes, double[] secondTimes, int from)
            throws OrtException {
        try (ReadyNet one = first.open();
                ReadyNet other = second.open()) {
            for (int turn = -WARM_UP; turn < TURNS; turn++) {
                boolean oneFirst = turn % 2 == 0;
                double earlier = (oneFirst ? one : other).milliseconds();
                double later = (oneFirst ? other : one).milliseconds();
                if (turn >= 0) {
                    firstTimes[from + turn] = oneFirst ? earlier : later;
                    secondTimes[from + turn] = oneFirst ? later : earlier;
                }
            }
        }
    }
}
