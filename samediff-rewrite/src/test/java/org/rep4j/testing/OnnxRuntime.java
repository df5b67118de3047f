package org.rep4j.testing;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The oracle for ONNX models: ONNX Runtime without its own optimizations. */
public final class OnnxRuntime {
    private OnnxRuntime() {}

    /** Feeds the only input, fetches the only output. */
    public static Tensor run(Path model, Tensor input) {
        return runAll(model, Map.of("input", input)).values().iterator().next();
    }

    /** Feeds float or double inputs, fetches all float or double outputs. */
    public static Map<String, Tensor> runAll(Path model, Map<String, Tensor> inputs) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OptLevel.NO_OPT);
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            try (OrtSession session = environment.createSession(model.toString(), options)) {
                Map<String, OnnxTensor> feeds = new HashMap<>();
                for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
                    NodeInfo declared =
                            Objects.requireNonNull(session.getInputInfo().get(input.getKey()));
                    TensorInfo info = (TensorInfo) declared.getInfo();
                    feeds.put(input.getKey(), tensor(environment, input.getValue(), info.type));
                }
                Map<String, Tensor> outputs = new LinkedHashMap<>();
                try (OrtSession.Result result = session.run(feeds)) {
                    for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
                        outputs.put(output.getKey(), read((OnnxTensor) output.getValue()));
                    }
                }
                feeds.values().forEach(OnnxTensor::close);
                return outputs;
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not run " + model, e);
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Tensor tensor, OnnxJavaType type) throws OrtException {
        if (type == OnnxJavaType.DOUBLE) {
            return OnnxTensor.createTensor(environment, DoubleBuffer.wrap(tensor.data()), tensor.longDims());
        }
        FloatBuffer floats = FloatBuffer.allocate(tensor.data().length);
        for (double value : tensor.data()) {
            floats.put((float) value);
        }
        return OnnxTensor.createTensor(environment, floats.flip(), tensor.longDims());
    }

    private static Tensor read(OnnxTensor tensor) {
        double[] values;
        if (tensor.getInfo().type == OnnxJavaType.DOUBLE) {
            DoubleBuffer buffer = tensor.getDoubleBuffer();
            values = new double[buffer.remaining()];
            buffer.get(values);
        } else {
            FloatBuffer buffer = tensor.getFloatBuffer();
            values = new double[buffer.remaining()];
            for (int i = 0; i < values.length; i++) {
                values[i] = buffer.get();
            }
        }
        int[] dims = Arrays.stream(tensor.getInfo().getShape())
                .mapToInt(Math::toIntExact)
                .toArray();
        return new Tensor(dims, values);
    }
}
