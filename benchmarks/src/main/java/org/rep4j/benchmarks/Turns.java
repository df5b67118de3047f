package org.rep4j.benchmarks;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures several things in turns, so that whatever else the machine does hits all alike; which one goes first changes from turn to
 * turn.
 */
final class Turns {
    private static final int WARM_UP = 8;
    private static final int TURNS = 25;

    private Turns() {}

    /** Times by the names of the things. */
    static Map<String, Timing> measure(Map<String, Timed> things) throws OrtException, IOException {
        List<Timed> all = List.copyOf(things.values());
        double[][] samples = new double[all.size()][TURNS];
        for (int turn = -WARM_UP; turn < TURNS; turn++) {
            for (int i = 0; i < all.size(); i++) {
                int next = Math.floorMod(turn + i, all.size());
                double milliseconds = all.get(next).milliseconds();
                if (turn >= 0) {
                    samples[next][turn] = milliseconds;
                }
            }
        }
        Map<String, Timing> timings = new LinkedHashMap<>();
        int i = 0;
        for (String name : things.keySet()) {
            timings.put(name, Timing.of(samples[i++]));
        }
        return timings;
    }
}
