package org.rep4j.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/** Builds small ONNX models by hand, valid ones and others. */
public final class OnnxBuilder {
    private final ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(7);
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");
    private final Random random;

    /** @param seed of the random weights */
    public OnnxBuilder(long seed) {
        random = new Random(seed);
        opset(13);
    }

    /** Sets the version of the default operator set. */
    public OnnxBuilder opset(long version) {
        model.clearOpsetImport().addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(version));
        return this;
    }

    /** Changes what has no method of its own. */
    public OnnxBuilder with(Consumer<ModelProto.Builder> change) {
        change.accept(model);
        return this;
    }

    /** Changes the graph. */
    public OnnxBuilder withGraph(Consumer<GraphProto.Builder> change) {
        change.accept(graph);
        return this;
    }

    /** A float input; −1 for dynamic dimensions. */
    public OnnxBuilder input(String name, long... dims) {
        graph.addInput(info(name, DataType.FLOAT, dims));
        return this;
    }

    /** A float output of unknown shape. */
    public OnnxBuilder output(String name) {
        return output(name, DataType.FLOAT);
    }

    /** An output of unknown shape. */
    public OnnxBuilder output(String name, DataType type) {
        graph.addOutput(ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber()))));
        return this;
    }

    /** The declaration of a value. */
    public static ValueInfoProto info(String name, DataType type, long... dims) {
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber());
        tensor.getShapeBuilder();
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] < 0) {
                tensor.getShapeBuilder().addDimBuilder().setDimParam(name + "_" + i);
            } else {
                tensor.getShapeBuilder().addDimBuilder().setDimValue(dims[i]);
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** A float initializer of normally distributed numbers. */
    public OnnxBuilder weights(String name, int... dims) {
        graph.addInitializer(floats(name, Tensor.random(random, dims)));
        return this;
    }

    /** An initializer. */
    public OnnxBuilder initializer(TensorProto tensor) {
        graph.addInitializer(tensor);
        return this;
    }

    /** Scale of both signs, shift, mean and variance as initializers {@code name.scale}, … and the node. */
    public OnnxBuilder batchNorm(String name, String input, String output, int channels) {
        parameters(name, channels);
        return node(
                "BatchNormalization",
                name,
                List.of(input, name + ".scale", name + ".shift", name + ".mean", name + ".variance"),
                List.of(output));
    }

    /** The four parameters of a BatchNorm. */
    public OnnxBuilder parameters(String name, int channels) {
        weights(name + ".scale", channels);
        weights(name + ".shift", channels);
        weights(name + ".mean", channels);
        double[] variance = random.doubles(channels, 0.3, 3).toArray();
        graph.addInitializer(floats(name + ".variance", new Tensor(new int[] {channels}, variance)));
        return this;
    }

    /** A node with one output. */
    public OnnxBuilder node(String op, String name, List<String> inputs, String output, AttributeProto... attributes) {
        return node(op, name, inputs, List.of(output), attributes);
    }

    /** A node. */
    public OnnxBuilder node(
            String op, String name, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
        graph.addNode(proto(op, name, inputs, outputs, attributes));
        return this;
    }

    /** A node that belongs to no graph yet. */
    public static NodeProto proto(
            String op, String name, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
        return NodeProto.newBuilder()
                .setOpType(op)
                .setName(name)
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllAttribute(Arrays.asList(attributes))
                .build();
    }

    /** An attribute of integers. */
    public static AttributeProto ints(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    /** An attribute of one integer. */
    public static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    /** An attribute of one number. */
    public static AttributeProto number(String name, double value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF((float) value)
                .build();
    }

    /** A text attribute. */
    public static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    /** An attribute that holds a tensor. */
    public static AttributeProto tensor(String name, TensorProto value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(value)
                .build();
    }

    /** An attribute that holds a graph. */
    public static AttributeProto graph(String name, GraphProto.Builder body) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(body)
                .build();
    }

    /** A float tensor as raw data. */
    public static TensorProto floats(String name, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.data().length).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(tensor.data()).forEach(v -> bytes.putFloat((float) v));
        return header(name, DataType.FLOAT, tensor.longDims())
                .setRawData(ByteString.copyFrom(bytes.flip()))
                .build();
    }

    /** An int64 tensor. */
    public static TensorProto integers(String name, long... values) {
        TensorProto.Builder tensor = header(name, DataType.INT64, values.length);
        Arrays.stream(values).forEach(tensor::addInt64Data);
        return tensor.build();
    }

    /** A tensor without content. */
    public static TensorProto.Builder header(String name, DataType type, long... dims) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
        Arrays.stream(dims).forEach(tensor::addDims);
        return tensor;
    }

    /** The model. */
    public ModelProto build() {
        return model.setGraph(graph).build();
    }

    /** Writes the model. */
    public Path save(Path file) {
        try {
            Files.write(file, build().toByteArray());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
