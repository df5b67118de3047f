package org.rep4j.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/**
 * An ONNX model. Immutable. Tensors in files beside the model stay there until they are needed, and the kernels that a pass
 * folded are computed when the model is {@linkplain #save saved}; so the model's file, and its folder, must stay as they are
 * while this object is in use.
 */
public final class OnnxModel {
    /** Oldest supported version of the default operator set. */
    public static final int OLDEST_OPSET = 7;

    /** Newest supported version of the default operator set. */
    public static final int NEWEST_OPSET = 21;

    /** From this version of the file format on, an initializer that is also an input may be overridden by the caller. */
    private static final int IR_WITH_OVERRIDABLE_INITIALIZERS = 4;

    private final ModelProto proto;
    private final ExternalFiles files;
    private final List<NewTensor> newTensors;

    OnnxModel(ModelProto proto, ExternalFiles files, List<NewTensor> newTensors) {
        this.proto = proto;
        this.files = files;
        this.newTensors = List.copyOf(newTensors);
    }

    /**
     * Reads a model.
     *
     * @throws org.rep4j.graph.UnreadableModelException if the file is missing, truncated, no ONNX model or of an operator set
     *     outside {@value #OLDEST_OPSET} to {@value #NEWEST_OPSET}, or if its external data is missing or outside its folder
     * @throws org.rep4j.graph.InvalidGraphException if a tensor's size contradicts its shape
     */
    public static OnnxModel load(Path file) {
        return OnnxReader.read(file);
    }

    /**
     * Writes the model. It is written beside {@code file} and moved into place when complete; an existing file stays untouched
     * if anything fails. Where the model came with external data, or would exceed the 2 GB that a file can hold, large tensors
     * go into {@code file} + {@code .data}.
     *
     * @throws java.io.UncheckedIOException if it cannot be written
     * @throws org.rep4j.graph.UnreadableModelException if external data of the original is gone
     */
    public void save(Path file) {
        new OnnxWriter(this).write(file);
    }

    /**
     * Writes the model in one piece, as a model file holds it, and leaves the stream open.
     *
     * @throws IllegalStateException if the model needs files beside it, see {@link #save}
     */
    public void writeTo(OutputStream out) throws IOException {
        new OnnxWriter(this).write(out);
    }

    /** Version of the default operator set. */
    public long opset() {
        return OnnxReader.opset(proto);
    }

    /** The values that a caller must feed. */
    public List<Value> inputs() {
        Set<String> initialized = initializerNames();
        return proto.getGraph().getInputList().stream()
                .filter(i -> !initialized.contains(i.getName()))
                .map(OnnxModel::value)
                .toList();
    }

    /** The values that the model computes. */
    public List<Value> outputs() {
        return proto.getGraph().getOutputList().stream().map(OnnxModel::value).toList();
    }

    /** The files beside the model's own that hold its large tensors. */
    public Set<Path> externalFiles() {
        return Set.copyOf(files.inUse());
    }

    /** Number of ops by type, Constants not counted, those in subgraphs neither. */
    public Map<String, Long> operators() {
        Map<String, Long> counts = new TreeMap<>();
        for (NodeProto node : proto.getGraph().getNodeList()) {
            if (!node.getOpType().equals("Constant")) {
                counts.merge(node.getOpType(), 1L, Long::sum);
            }
        }
        return counts;
    }

    /** The same model with inner values as additional outputs, to look at what flows inside. */
    public OnnxModel withOutputs(Collection<String> valueNames) {
        GraphProto.Builder graph = proto.getGraph().toBuilder();
        Set<String> present = new HashSet<>();
        graph.getOutputList().forEach(o -> present.add(o.getName()));
        for (String name : valueNames) {
            if (present.add(name)) {
                graph.addOutput(ValueInfoProto.newBuilder().setName(name));
            }
        }
        return new OnnxModel(proto.toBuilder().setGraph(graph).build(), files, newTensors);
    }

    ModelProto proto() {
        return proto;
    }

    ExternalFiles files() {
        return files;
    }

    /** The initializers that are not in {@link #proto()} because they are yet to be computed. */
    List<NewTensor> newTensors() {
        return newTensors;
    }

    /** Whether each initializer must be listed among the graph's inputs, as old files have it. */
    boolean listsInitializersAsInputs() {
        return proto.getIrVersion() < IR_WITH_OVERRIDABLE_INITIALIZERS;
    }

    /** The initializers whose content a caller may replace: they are no constants. */
    Set<String> overridableInitializers() {
        Set<String> names = new HashSet<>();
        if (!listsInitializersAsInputs()) {
            Set<String> initialized = initializerNames();
            proto.getGraph().getInputList().stream()
                    .map(ValueInfoProto::getName)
                    .filter(initialized::contains)
                    .forEach(names::add);
        }
        return names;
    }

    private Set<String> initializerNames() {
        Set<String> names = new HashSet<>();
        proto.getGraph().getInitializerList().stream().map(TensorProto::getName).forEach(names::add);
        proto.getGraph()
                .getSparseInitializerList()
                .forEach(s -> names.add(s.getValues().getName()));
        newTensors.forEach(t -> names.add(t.name()));
        return names;
    }

    /** The shape and type that a value declares. */
    static Value value(ValueInfoProto info) {
        TypeProto type = info.getType();
        if (!type.hasTensorType()) {
            return Value.of(info.getName(), Shape.unknown(), ElementType.OTHER);
        }
        TypeProto.Tensor tensor = type.getTensorType();
        ElementType elements = TensorCodec.elementType(tensor.getElemType());
        if (!tensor.hasShape()) {
            return Value.of(info.getName(), Shape.unknown(), elements);
        }
        List<Long> dims = new ArrayList<>();
        tensor.getShape()
                .getDimList()
                .forEach(d -> dims.add(d.hasDimValue() && d.getDimValue() >= 0 ? d.getDimValue() : Shape.UNKNOWN_DIM));
        return Value.of(info.getName(), new Shape(dims), elements);
    }
}
