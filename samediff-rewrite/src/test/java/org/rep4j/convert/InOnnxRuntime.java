package org.rep4j.convert;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.TensorProto.DataType;
import onnx.Onnx.ValueInfoProto;
import org.rep4j.testing.TypedTensor;

/** Runs models in ONNX Runtime, with tensors of all types that it has. */
final class InOnnxRuntime {
    private static final Map<DataType, OnnxJavaType> FEEDABLE = Map.of(
            DataType.FLOAT16, OnnxJavaType.FLOAT16,
            DataType.BFLOAT16, OnnxJavaType.BFLOAT16,
            DataType.FLOAT, OnnxJavaType.FLOAT,
            DataType.DOUBLE, OnnxJavaType.DOUBLE,
            DataType.INT8, OnnxJavaType.INT8,
            DataType.UINT8, OnnxJavaType.UINT8,
            DataType.INT16, OnnxJavaType.INT16,
            DataType.INT32, OnnxJavaType.INT32,
            DataType.INT64, OnnxJavaType.INT64,
            DataType.BOOL, OnnxJavaType.BOOL);

    private InOnnxRuntime() {}

    /** Feeds the inputs, fetches all outputs. */
    static Map<String, TypedTensor> run(ModelProto model, Map<String, TypedTensor> feeds) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> fed = new LinkedHashMap<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OptLevel.NO_OPT);
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            byte[] bytes = withConstants(model, feeds).toByteArray();
            try (OrtSession session = environment.createSession(bytes, options)) {
                for (String input : session.getInputNames()) {
                    TypedTensor tensor = feeds.get(input);
                    if (tensor == null) {
                        throw new IllegalStateException(
                                "the model wants " + input + ", of which the test knows nothing");
                    }
                    fed.put(input, tensor(environment, tensor));
                }
                try (OrtSession.Result result = session.run(fed)) {
                    Map<String, TypedTensor> outputs = new LinkedHashMap<>();
                    for (Map.Entry<String, OnnxValue> output : result) {
                        outputs.put(output.getKey(), read((OnnxTensor) output.getValue()));
                    }
                    return outputs;
                }
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
        } finally {
            fed.values().forEach(OnnxTensor::close);
        }
    }

    /** The model with constants for the inputs that ONNX Runtime's Java interface has no type for. */
    private static ModelProto withConstants(ModelProto model, Map<String, TypedTensor> feeds) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        List<ValueInfoProto> inputs = new ArrayList<>();
        for (ValueInfoProto input : graph.getInputList()) {
            TypedTensor tensor = feeds.get(input.getName());
            if (tensor == null || FEEDABLE.containsKey(tensor.type())) {
                inputs.add(input);
            } else {
                graph.addInitializer(tensor.toProto(input.getName()));
            }
        }
        return model.toBuilder()
                .setGraph(graph.clearInput().addAllInput(inputs))
                .build();
    }

    private static OnnxTensor tensor(OrtEnvironment environment, TypedTensor tensor) throws OrtException {
        byte[] bytes = tensor.toProto("").getRawData().toByteArray();
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
        direct.put(bytes).flip();
        return OnnxTensor.createTensor(environment, direct, tensor.dims(), FEEDABLE.get(tensor.type()));
    }

    private static TypedTensor read(OnnxTensor tensor) {
        TensorInfo info = tensor.getInfo();
        ByteBuffer bytes = tensor.getByteBuffer().order(ByteOrder.nativeOrder());
        int size = Math.toIntExact(info.getNumElements());
        return TypedTensor.decode(type(info.onnxType), info.getShape(), size, bytes);
    }

    private static DataType type(OnnxTensorType type) {
        return DataType.valueOf(type.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", ""));
    }
}
