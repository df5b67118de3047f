package org.rep4j.verify;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rep4j.graph.Shape;

/** Runs an ONNX file in ONNX Runtime, as it is: without any of the runtime's own graph optimizations. */
public final class OnnxRuntimeRunner implements ModelRunner {
    private static final int THREADS = 2;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final List<InputSpec> inputs;

    private OnnxRuntimeRunner(OrtEnvironment environment, OrtSession session, List<InputSpec> inputs) {
        this.environment = environment;
        this.session = session;
        this.inputs = List.copyOf(inputs);
    }

    /**
     * Opens a file.
     *
     * @throws VerificationException if ONNX Runtime refuses it, or an input is none that can be made up
     */
    public static OnnxRuntimeRunner open(Path file) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            options.setIntraOpNumThreads(Math.min(THREADS, Runtime.getRuntime().availableProcessors()));
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            OrtSession session = environment.createSession(file.toString(), options);
            try {
                return new OnnxRuntimeRunner(environment, session, inputs(session));
            } catch (OrtException | RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (OrtException e) {
            throw new VerificationException("ONNX Runtime cannot run it: " + VerificationException.firstLine(e), e);
        }
    }

    private static List<InputSpec> inputs(OrtSession session) throws OrtException {
        List<InputSpec> inputs = new ArrayList<>();
        for (NodeInfo info : session.getInputInfo().values()) {
            if (!(info.getInfo() instanceof TensorInfo tensor)) {
                throw new VerificationException(
                        "its input " + info.getName() + " is not a tensor but " + info.getInfo());
            }
            inputs.add(new InputSpec(
                    info.getName(),
                    type(info.getName(), tensor),
                    Shape.of(tensor.getShape()),
                    Arrays.stream(tensor.getDimensionNames())
                            .map(n -> n == null ? "" : n)
                            .toList()));
        }
        return inputs;
    }

    private static TensorType type(String name, TensorInfo info) {
        return switch (info.type) {
            case FLOAT16 -> TensorType.FLOAT16;
            case BFLOAT16 -> TensorType.BFLOAT16;
            case FLOAT -> TensorType.FLOAT32;
            case DOUBLE -> TensorType.FLOAT64;
            case INT8 -> TensorType.INT8;
            case INT16 -> TensorType.INT16;
            case INT32 -> TensorType.INT32;
            case INT64 -> TensorType.INT64;
            case UINT8 -> TensorType.UINT8;
            case BOOL -> TensorType.BOOL;
            case STRING, UNKNOWN ->
                throw new VerificationException(
                        "elements of " + name + " are " + info.onnxType + ", which cannot be compared");
        };
    }

    @Override
    public List<InputSpec> inputs() {
        return inputs;
    }

    @Override
    public List<String> outputs() {
        return List.copyOf(session.getOutputNames());
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> feeds) {
        try (Feeds fed = new Feeds(feeds);
                OrtSession.Result result = session.run(fed.tensors)) {
            Map<String, Tensor> outputs = new LinkedHashMap<>();
            for (Map.Entry<String, OnnxValue> output : result) {
                if (!(output.getValue() instanceof OnnxTensor tensor)) {
                    throw new VerificationException("its output " + output.getKey() + " is not a tensor");
                }
                TensorInfo info = tensor.getInfo();
                TensorType type = type(output.getKey(), info);
                outputs.put(
                        output.getKey(), TensorBytes.decode(type, Shape.of(info.getShape()), tensor.getByteBuffer()));
            }
            return outputs;
        } catch (OrtException e) {
            throw new VerificationException(VerificationException.firstLine(e), e);
        }
    }

    @Override
    public Map<String, Shape> outputShapes(Map<String, Tensor> feeds) {
        try (Feeds fed = new Feeds(feeds);
                OrtSession.Result result = session.run(fed.tensors)) {
            Map<String, Shape> shapes = new LinkedHashMap<>();
            for (Map.Entry<String, OnnxValue> output : result) {
                if (output.getValue() instanceof OnnxTensor tensor) {
                    shapes.put(output.getKey(), Shape.of(tensor.getInfo().getShape()));
                }
            }
            return shapes;
        } catch (OrtException e) {
            throw new VerificationException(VerificationException.firstLine(e), e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not close its session", e);
        }
    }

    /** The tensors in ONNX Runtime's memory. */
    private final class Feeds implements AutoCloseable {
        final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();

        Feeds(Map<String, Tensor> feeds) throws OrtException {
            for (Map.Entry<String, Tensor> feed : feeds.entrySet()) {
                Tensor tensor = feed.getValue();
                tensors.put(
                        feed.getKey(),
                        OnnxTensor.createTensor(
                                environment, TensorBytes.encode(tensor), tensor.dims(), nativeType(tensor.type())));
            }
        }

        private OnnxJavaType nativeType(TensorType type) {
            return switch (type) {
                case FLOAT32 -> OnnxJavaType.FLOAT;
                case FLOAT64 -> OnnxJavaType.DOUBLE;
                default -> OnnxJavaType.valueOf(type.name());
            };
        }

        @Override
        public void close() {
            tensors.values().forEach(OnnxTensor::close);
        }
    }
}
