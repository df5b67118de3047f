package org.rep4j.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Latency of a model's train form and of its deploy form in ONNX Runtime: one image, one thread, all of ONNX Runtime's own
 * optimizations on. The two take turns, image by image, so that whatever else the machine does hits both alike; which one
 * goes first changes from turn to turn. JMH measures one thing after the other and cannot do that.
 */
final class LatencyComparison {
    /** Each block opens its sessions anew: where their memory comes to lie is a matter of luck. */
    private static final int BLOCKS = 5;

    private static final int WARM_UP = 8;
    private static final int TURNS = 40;

    private LatencyComparison() {}

    /**
     * Latencies over all blocks, and how their ratio varies.
     *
     * @param ratio median of the train form over median of the deploy form
     * @param lowestRatio the smallest such ratio of one block
     * @param highestRatio the largest such ratio of one block
     */
    record Latency(Timing train, Timing deploy, double ratio, double lowestRatio, double highestRatio) {}

    static Latency measure(Path train, Path deploy) throws OrtException {
        double[] trainTimes = new double[BLOCKS * TURNS];
        double[] deployTimes = new double[BLOCKS * TURNS];
        double[] ratios = new double[BLOCKS];
        for (int block = 0; block < BLOCKS; block++) {
            int from = block * TURNS;
            takeTurns(train, deploy, trainTimes, deployTimes, from);
            ratios[block] = Timing.of(Arrays.copyOfRange(trainTimes, from, from + TURNS))
                            .median()
                    / Timing.of(Arrays.copyOfRange(deployTimes, from, from + TURNS))
                            .median();
        }
        Timing trainTiming = Timing.of(trainTimes);
        Timing deployTiming = Timing.of(deployTimes);
        Arrays.sort(ratios);
        return new Latency(
                trainTiming, deployTiming, trainTiming.median() / deployTiming.median(), ratios[0], ratios[BLOCKS - 1]);
    }

    private static void takeTurns(Path train, Path deploy, double[] trainTimes, double[] deployTimes, int from)
            throws OrtException {
        try (OrtSession trainSession = Sessions.open(train, OptLevel.ALL_OPT);
                OrtSession deploySession = Sessions.open(deploy, OptLevel.ALL_OPT);
                OnnxTensor image = Sessions.image(trainSession)) {
            for (int turn = -WARM_UP; turn < TURNS; turn++) {
                boolean trainFirst = turn % 2 == 0;
                double first = milliseconds(trainFirst ? trainSession : deploySession, image);
                double second = milliseconds(trainFirst ? deploySession : trainSession, image);
                if (turn >= 0) {
                    trainTimes[from + turn] = trainFirst ? first : second;
                    deployTimes[from + turn] = trainFirst ? second : first;
                }
            }
        }
    }

    private static double milliseconds(OrtSession session, OnnxTensor image) throws OrtException {
        String input = session.getInputNames().iterator().next();
        long start = System.nanoTime();
        OrtSession.Result result = session.run(Map.of(input, image));
        long end = System.nanoTime();
        result.close();
        return (end - start) / 1e6;
    }
}
