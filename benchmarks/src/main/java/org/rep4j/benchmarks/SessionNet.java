package org.rep4j.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.file.Path;
import java.util.Map;

/** A net in ONNX Runtime, one thread, all of its optimizations on. */
final class SessionNet implements ReadyNet {
    private final OrtSession session;
    private final OnnxTensor images;

    private SessionNet(OrtSession session, OnnxTensor images) {
        this.session = session;
        this.images = images;
    }

    static SessionNet open(Path model) throws OrtException {
        return open(model, 1);
    }

    /** With a batch of images, for a model that leaves its size open. */
    static SessionNet open(Path model, int batch) throws OrtException {
        OrtSession session = Sessions.open(model, OptLevel.ALL_OPT);
        return new SessionNet(session, Sessions.images(session, batch));
    }

    @Override
    public double milliseconds() throws OrtException {
        String input = session.getInputNames().iterator().next();
        long start = System.nanoTime();
        OrtSession.Result result = session.run(Map.of(input, images));
        long end = System.nanoTime();
        result.close();
        return (end - start) / 1e6;
    }

    @Override
    public void close() throws OrtException {
        images.close();
        session.close();
    }
}
