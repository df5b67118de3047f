package org.rep4j.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** ONNX Runtime as the benchmarks use it: on the CPU, one thread. */
final class Sessions {
    private Sessions() {}

    static OrtSession open(Path model, OptLevel optimization) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(optimization);
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            return environment.createSession(model.toString(), options);
        }
    }

    /** One random image of the size that the only input asks for; the same at each call. */
    static OnnxTensor image(OrtSession session) throws OrtException {
        return images(session, 1);
    }

    /** A batch of such images, where the model leaves its size open. */
    static OnnxTensor images(OrtSession session, int batch) throws OrtException {
        TensorInfo input =
                (TensorInfo) session.getInputInfo().values().iterator().next().getInfo();
        long[] shape = Arrays.stream(input.getShape()).map(d -> Math.max(d, 1)).toArray();
        shape[0] = input.getShape()[0] < 0 ? batch : shape[0];
        FloatBuffer pixels =
                FloatBuffer.allocate(Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact)));
        Random random = new Random(1);
        while (pixels.hasRemaining()) {
            pixels.put((float) random.nextGaussian());
        }
        return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), pixels.flip(), shape);
    }
}
