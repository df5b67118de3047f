package org.rep4j.benchmarks;

import ai.onnxruntime.OrtException;

/** A net and images for it, ready to run. */
interface ReadyNet extends Timed, AutoCloseable {
    /** Runs the images through the net and tells how long that took. */
    @Override
    double milliseconds() throws OrtException;

    @Override
    void close() throws OrtException;
}
