package org.rep4j.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/**
 * Writes a net as ONNX, op after op, with random weights of a fixed seed. Each method adds one op and returns the name of
 * the value that it writes, which is also the op's name.
 *
 * <p>Weights are drawn so that a convolution's output has the mean square of its input.
 */
final class NetBuilder {
    private static final long OPSET = 13;
    private static final long IR_VERSION = 7;
    private static final double EPSILON = 1e-5;

    /** Spread of the statistics and factors of a BatchNorm, as a part of their typical size. */
    private static final double SPREAD = 0.3;

    private final GraphProto.Builder graph;
    private final Random random;

    /** A convolution's sizes; kernel and stride are the same on both axes, and the padding keeps the image's size. */
    record ConvSizes(int in, int out, int kernel, int stride, int groups) {}

    NetBuilder(String name, long seed) {
        this.graph = GraphProto.newBuilder().setName(name);
        this.random = new Random(seed);
    }

    /** The input: any number of images. */
    String input(String name, int channels, int height, int width) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        shape.addDimBuilder().setDimParam("N");
        shape.addDimBuilder().setDimValue(channels);
        shape.addDimBuilder().setDimValue(height);
        shape.addDimBuilder().setDimValue(width);
        graph.addInput(ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(floats().setShape(shape))));
        return name;
    }

    /** Declares a value as the output; its shape is left to the reader. */
    void output(String value) {
        graph.addOutput(ValueInfoProto.newBuilder()
                .setName(value)
                .setType(TypeProto.newBuilder().setTensorType(floats())));
    }

    private static TypeProto.Tensor.Builder floats() {
        return TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber());
    }

    /** A convolution without a bias. */
    String conv(String name, String input, ConvSizes sizes) {
        int perGroup = sizes.in() / sizes.groups();
        double deviation = 1 / Math.sqrt((double) perGroup * sizes.kernel() * sizes.kernel());
        String weight = normal(name + ".weight", deviation, sizes.out(), perGroup, sizes.kernel(), sizes.kernel());
        long pad = sizes.kernel() / 2;
        return op(
                "Conv",
                name,
                List.of(input, weight),
                integers("kernel_shape", sizes.kernel(), sizes.kernel()),
                integers("strides", sizes.stride(), sizes.stride()),
                integers("pads", pad, pad, pad, pad),
                integer("group", sizes.groups()));
    }

    /**
     * A BatchNorm.
     *
     * @param mean about what it has seen as its input's mean
     * @param variance about what it has seen as its input's variance
     * @param gain typical size of its scale, whose sign is random
     */
    String batchNorm(String name, String input, int channels, double mean, double variance, double gain) {
        double deviation = Math.sqrt(variance);
        return op(
                "BatchNormalization",
                name,
                List.of(
                        input,
                        tensor(name + ".weight", () -> (random.nextBoolean() ? gain : -gain) * aroundOne(), channels),
                        normal(name + ".bias", SPREAD * gain, channels),
                        tensor(
                                name + ".running_mean",
                                () -> mean + SPREAD * deviation * random.nextGaussian(),
                                channels),
                        tensor(name + ".running_var", () -> variance * aroundOne(), channels)),
                AttributeProto.newBuilder()
                        .setName("epsilon")
                        .setType(AttributeProto.AttributeType.FLOAT)
                        .setF((float) EPSILON)
                        .build());
    }

    private double aroundOne() {
        return 1 + SPREAD * (2 * random.nextDouble() - 1);
    }

    String relu(String name, String input) {
        return op("Relu", name, List.of(input));
    }

    String add(String name, String a, String b) {
        return op("Add", name, List.of(a, b));
    }

    /** Global average pooling and a linear layer. */
    String classifier(String name, String input, int channels, int classes) {
        String pooled = op("GlobalAveragePool", name + ".pool", List.of(input));
        String flat = op("Flatten", name + ".flatten", List.of(pooled), integer("axis", 1));
        String weight = normal(name + ".weight", 1 / Math.sqrt(channels), classes, channels);
        String bias = normal(name + ".bias", SPREAD, classes);
        return op("Gemm", name, List.of(flat, weight, bias), integer("transB", 1));
    }

    private String op(String type, String name, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(type)
                .setName(name)
                .addAllInput(inputs)
                .addOutput(name)
                .addAllAttribute(Arrays.asList(attributes)));
        return name;
    }

    private String normal(String name, double deviation, long... dims) {
        return tensor(name, () -> deviation * random.nextGaussian(), dims);
    }

    private String tensor(String name, DoubleSupplier element, long... dims) {
        int elements = Math.toIntExact(Arrays.stream(dims).reduce(1, Math::multiplyExact));
        ByteBuffer bytes = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            bytes.putFloat((float) element.getAsDouble());
        }
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .setRawData(UnsafeByteOperations.unsafeWrap(bytes.flip()));
        Arrays.stream(dims).forEach(tensor::addDims);
        graph.addInitializer(tensor);
        return name;
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    /** Writes the model file. */
    void save(Path file) {
        ModelProto model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("rep4j-benchmarks")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(graph)
                .build();
        try (OutputStream out = Files.newOutputStream(file)) {
            model.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
