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
    private final OnnxTensor image;

    private SessionNet(OrtSession session, OnnxTensor image) {
        this.session = session;
        this.image = image;
    }

    static SessionNet open(Path model) throws OrtException {
        OrtSession session = Sessions.open(model, OptLevel.ALL_OPT);
        return new SessionNet(session, Sessions.image(session));
    }

    @Override
    public double milliseconds() throws OrtException {
        String input = session.getInputNames().iterator().next();
        long start = System.nanoTime();
        OrtSession.Result result = session.run(Map.of(input, image));
        long end = System.nanoTime();
        result.close();
        return (end - start) / 1e6;
    }

    @Override
    public void close() throws OrtException {
        image.close();
        session.close();
    }
}
