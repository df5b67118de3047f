package org.rep4j.layers.deploy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs ONNX models of floats in ONNX Runtime. */
final class OnnxRun {
    private OnnxRun() {}

    static INDArray of(Path model, String input, INDArray image, String output) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        FloatBuffer elements = FloatBuffer.wrap(image.dup('c').data().asFloat());
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OrtSession session = environment.createSession(model.toString(), threaded(options));
                OnnxTensor tensor = OnnxTensor.createTensor(environment, elements, image.shape());
                OrtSession.Result results = session.run(Map.of(input, tensor))) {
            OnnxTensor result = (OnnxTensor) results.get(output).orElseThrow();
            TensorInfo info = result.getInfo();
            float[] values = new float[(int) info.getNumElements()];
            result.getFloatBuffer().get(values);
            return Nd4j.createFromArray(values).reshape(info.getShape());
        }
    }

    private static OrtSession.SessionOptions threaded(OrtSession.SessionOptions options) throws OrtException {
        options.setIntraOpNumThreads(1);
        return options;
    }
}
