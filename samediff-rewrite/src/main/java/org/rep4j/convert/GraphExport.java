package org.rep4j.convert;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxModelBuilder;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxTensor;
import org.rep4j.onnx.OnnxType;

/** An ONNX model while it is made from a SameDiff graph. */
final class GraphExport {
    private final SameDiff graph;
    private final OnnxModelBuilder model;
    private final Set<String> written = new HashSet<>();
    private final Set<String> read = new HashSet<>();
    private final Map<String, String> vectors = new HashMap<>();
    private final IntegerFormats formats;
    private Optional<String> refusal = Optional.empty();

    /**
     * @param graph the source
     * @param opset version of the operator set to write
     * @param read names of the variables that are outputs, or read by ops that are written
     */
    GraphExport(SameDiff graph, int opset, Set<String> read) {
        this.graph = graph;
        this.model = new OnnxModelBuilder("samediff", opset);
        this.read.addAll(read);
        this.formats = new IntegerFormats(opset);
        for (SDVariable variable : graph.variables()) {
            model.reserve(variable.name());
            ArrayCodec.onnxType(variable.dataType()).ifPresent(type -> formats.put(variable.name(), type));
        }
    }

    int opset() {
        return model.opset();
    }

    boolean isRead(String variable) {
        return read.contains(variable);
    }

    /** Adds a placeholder. */
    void input(String name) {
        SDVariable placeholder = graph.getVariable(name);
        long[] shape = placeholder.placeholderShape();
        OnnxType type = ArrayCodec.onnxType(placeholder.dataType())
                .orElseThrow(() -> new InvalidGraphException("the placeholder " + name + " has elements of type "
                        + placeholder.dataType() + ", which ONNX does not have"));
        model.input(name, type, shape == null ? Shape.unknown() : Shape.of(shape));
        written.add(name);
    }

    /** Adds an output. */
    void output(String name) throws NotConvertibleException {
        String value = value(name);
        model.output(value, onnxType(name), shape(value));
    }

    /** The ONNX value that holds a variable, which is added as an initializer if it is constant. */
    String value(String variable) throws NotConvertibleException {
        if (written.add(variable)) {
            Optional<INDArray> content = constant(variable);
            if (content.isPresent()) {
                model.tensor(variable, ArrayCodec.tensor(variable, content.get(), onnxType(variable)));
            }
        }
        return variable;
    }

    /** The content of a constant or a variable. */
    Optional<INDArray> constant(String variable) {
        VariableType kind = graph.getVariable(variable).getVariableType();
        return kind == VariableType.CONSTANT || kind == VariableType.VARIABLE
                ? Optional.ofNullable(graph.getVariable(variable).getArr())
                : Optional.empty();
    }

    DataType type(String variable) {
        return graph.getVariable(variable).dataType();
    }

    OnnxType onnxType(String variable) throws NotConvertibleException {
        return ArrayCodec.onnxType(type(variable))
                .orElseThrow(() -> new NotConvertibleException(
                        "its elements are of type " + type(variable) + ", which ONNX does not have"));
    }

    Shape shape(String value) {
        return model.shape(value);
    }

    String fresh(String base) {
        return model.fresh(base);
    }

    /** Adds an initializer: a vector of integers, shared with those who want the same. */
    String integers(String base, long... values) {
        return vectors.computeIfAbsent(Arrays.toString(values), key -> {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asLongBuffer().put(values);
            String name = model.fresh(base);
            formats.put(name, OnnxType.INT64);
            model.tensor(name, new OnnxTensor(OnnxType.INT64, List.of((long) values.length), bytes::duplicate));
            return name;
        });
    }

    /** Adds an initializer without axes. */
    String scalar(String base, double value, OnnxType type) {
        String name = model.fresh(base);
        formats.put(name, type);
        model.tensor(name, ArrayCodec.tensor(name, Nd4j.scalar(ArrayCodec.dataType(type), value), type));
        return name;
    }

    /** Adds an initializer. */
    String initializer(String base, INDArray array) throws NotConvertibleException {
        OnnxType type = ArrayCodec.onnxType(array.dataType())
                .orElseThrow(() -> new NotConvertibleException("ONNX has no type " + array.dataType()));
        String name = model.fresh(base);
        formats.put(name, type);
        model.tensor(name, ArrayCodec.tensor(name, array, type));
        return name;
    }

    /** Adds what stands for an op. */
    void write(OpMapping.Exporter exporter, ExportedOp op) throws NotConvertibleException {
        refusal = Optional.empty();
        exporter.write(op);
        if (refusal.isPresent()) {
            throw new NotConvertibleException(refusal.get());
        }
    }

    /** Adds an op, in 32 bits where ONNX has it in no fewer. */
    void add(OnnxNode.Builder node, String name) {
        OnnxNode built = node.name(name).build();
        if (refusal.isEmpty()) {
            refusal = formats.refusal(built);
        }
        List<Integer> narrow = formats.narrow(built);
        if (narrow.isEmpty()) {
            put(built);
        } else {
            widen(built, narrow);
        }
    }

    private void widen(OnnxNode node, List<Integer> narrow) {
        List<String> inputs = new ArrayList<>(node.inputs());
        for (int i : narrow) {
            inputs.set(i, model.fresh(inputs.get(i) + "/INT32"));
            put(cast(node.inputs().get(i), inputs.get(i), OnnxType.INT32));
        }
        List<String> outputs = new ArrayList<>(node.outputs());
        List<OnnxNode> casts = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            Optional<OnnxType> type = formats.cut(node, i);
            if (type.isPresent() && !outputs.get(i).isEmpty()) {
                outputs.set(i, model.fresh(outputs.get(i) + "/INT32"));
                casts.add(cast(outputs.get(i), node.outputs().get(i), type.get()));
            }
        }
        put(node.between(inputs, outputs));
        casts.forEach(this::put);
    }

    private static OnnxNode cast(String from, String to, OnnxType type) {
        return OnnxNode.of("Cast")
                .name(to + "/Cast")
                .reads(from)
                .integer("to", type.number())
                .writes(to)
                .build();
    }

    private void put(OnnxNode node) {
        formats.learn(node);
        written.addAll(node.outputs());
        model.node(node);
    }

    OnnxModel finish() {
        return model.build();
    }
}
