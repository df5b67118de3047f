package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.rep4j.graph.Shape;

/** Puts a new ONNX model together. Tells, while that goes on, what is known of the shapes of its values. */
public final class OnnxModelBuilder {
    /** Version of the file format: the oldest that knows the newest supported operator set's predecessors. */
    private static final long IR_VERSION = 8;

    /** Version of the file format that came with operator set 21. */
    private static final long IR_VERSION_OF_OPSET_21 = 10;

    /** Version of the file format that came with operator sets 19 and 20. */
    private static final long IR_VERSION_OF_OPSET_19 = 9;

    private final int opset;
    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final List<NewTensor> tensors = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final ExternalFiles files = new ExternalFiles(null, "a new model");
    private final LiftContext context;

    /**
     * Starts a model.
     *
     * @param name of its graph
     * @param opset version of the default operator set
     */
    public OnnxModelBuilder(String name, int opset) {
        this.opset = opset;
        graph.setName(name);
        context = new LiftContext(model());
    }

    /** Version of the default operator set. */
    public int opset() {
        return opset;
    }

    /** {@code base}, or {@code base} with a number behind it: a name that no value has, which is then taken. */
    public String fresh(String base) {
        String name = base;
        for (int n = 1; !names.add(name); n++) {
            name = base + "_" + n;
        }
        return name;
    }

    /** Keeps {@link #fresh} from giving out a name. */
    public void reserve(String name) {
        names.add(name);
    }

    /** Adds an input. */
    public void input(String name, OnnxType type, Shape shape) {
        names.add(name);
        ValueInfoProto info = info(name, type, shape);
        graph.addInput(info);
        context.declare(OnnxModel.value(info));
    }

    /** Adds an output. */
    public void output(String name, OnnxType type, Shape shape) {
        graph.addOutput(info(name, type, shape));
    }

    /** Adds an initializer; its content is asked for when the model is written, and what is small also before. */
    public void tensor(String name, OnnxTensor tensor) {
        names.add(name);
        NewTensor initializer = new NewTensor(name, tensor.dims(), tensor.type().number(), tensor.content());
        tensors.add(initializer);
        context.constants().add(initializer);
    }

    /** Adds an op behind those that are there. */
    public void node(OnnxNode node) {
        names.addAll(node.outputs());
        graph.addNode(node.proto());
        if (!context.isConstant(node.proto())) {
            OutputShapes.define(node.proto(), context);
        }
    }

    /** What is known of the shape of a value that is there. */
    public Shape shape(String value) {
        return context.value(value).shape();
    }

    /** The model. */
    public OnnxModel build() {
        return model();
    }

    private OnnxModel model() {
        ModelProto proto = ModelProto.newBuilder()
                .setIrVersion(opset >= 21 ? IR_VERSION_OF_OPSET_21 : opset >= 19 ? IR_VERSION_OF_OPSET_19 : IR_VERSION)
                .setProducerName("Rep4J")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
                .setGraph(graph)
                .build();
        return new OnnxModel(proto, files, tensors);
    }

    private static ValueInfoProto info(String name, OnnxType type, Shape shape) {
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.number());
        List<Long> dims = shape.dims();
        if (dims != null) {
            TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
            for (int i = 0; i < dims.size(); i++) {
                if (dims.get(i) < 0) {
                    sizes.addDimBuilder().setDimParam(name + "_" + i);
                } else {
                    sizes.addDimBuilder().setDimValue(dims.get(i));
                }
            }
            tensor.setShape(sizes);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
