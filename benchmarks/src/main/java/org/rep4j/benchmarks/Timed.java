package org.rep4j.benchmarks;

import ai.onnxruntime.OrtException;
import java.io.IOException;

/** Something that can be done again and again. */
@FunctionalInterface
interface Timed {
    /** Does it, and tells how long that took. */
    double milliseconds() throws OrtException, IOException;

    /** By the clock of this JVM. */
    static Timed of(Runnable task) {
        return () -> {
            long start = System.nanoTime();
            task.run();
            return (System.nanoTime() - start) / 1e6;
        };
    }
}
