package org.rep4j.benchmarks;

import ai.onnxruntime.OrtException;

/** A net and an image for it, ready to run. */
interface ReadyNet extends AutoCloseable {
    /** Runs the image through the net and tells how long that took. */
    double milliseconds() throws OrtException;

    @Override
    void close() throws OrtException;
}
