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

    NetBuilder(String name, long seed) {
        this.graph = GraphProto.newBuilder().setName(name);
        this.random = new Random(seed);
    }

    /** The input: any number of images. */
    String input(String name, int channels, int height, int width) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        shape.addDimBuilder().setDimParam("N");
        return input(name, shape, channels, height, width);
    }

    /** The input: one image, as exporters trace a net that overwrites parts of a tensor. */
    String oneImage(String name, int channels, int height, int width) {
        return input(name, TensorShapeProto.newBuilder(), 1, channels, height, width);
    }

    private String input(String name, TensorShapeProto.Builder shape, long... dims) {
        Arrays.stream(dims).forEach(d -> shape.addDimBuilder().setDimValue(d));
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
        return conv(name, List.of(input, kernel(name, sizes)), sizes);
    }

    /** A convolution with a bias. */
    String convWithBias(String name, String input, ConvSizes sizes) {
        String weight = kernel(name, sizes);
        return conv(name, List.of(input, weight, normal(name + ".bias", SPREAD, sizes.out())), sizes);
    }

    private String kernel(String name, ConvSizes sizes) {
        double deviation = 1 / Math.sqrt(sizes.inputsOfEachOutput());
        return normal(
                name + ".weight", deviation, sizes.out(), sizes.in() / sizes.groups(), sizes.height(), sizes.width());
    }

    private String conv(String name, List<String> inputs, ConvSizes sizes) {
        long vertical = sizes.padded() ? sizes.height() / 2 : 0;
        long horizontal = sizes.padded() ? sizes.width() / 2 : 0;
        return op(
                "Conv",
                name,
                inputs,
                integers("kernel_shape", sizes.height(), sizes.width()),
                integers("strides", sizes.stride(), sizes.stride()),
                integers("pads", vertical, horizontal, vertical, horizontal),
                integer("group", sizes.groups()));
    }

    /** A transposed convolution with a bias, kernel 2×2 and stride 2, which doubles the image's size. */
    String doubled(String name, String input, int channels) {
        String weight = normal(name + ".weight", 1 / Math.sqrt(channels), channels, channels, 2, 2);
        return op(
                "ConvTranspose",
                name,
                List.of(input, weight, normal(name + ".bias", SPREAD, channels)),
                integers("kernel_shape", 2, 2),
                integers("strides", 2, 2));
    }

    /**
     * A BatchNorm.
     *
     * @param mean about what it has seen as its input's mean
     * @param variance about what it has seen as its input's variance
     * @param gain typical size of its scale, whose sign is random
     */
    String batchNorm(String name, String input, int channels, double mean, double variance, double gain) {
        batchNormToPad(name, input, channels, mean, variance, gain);
        return name;
    }

    /** The same BatchNorm; returns what it makes of zero, per channel. */
    float[] batchNormToPad(String name, String input, int channels, double mean, double variance, double gain) {
        double deviation = Math.sqrt(variance);
        float[] scale = draw(channels, () -> (random.nextBoolean() ? gain : -gain) * aroundOne());
        float[] shift = draw(channels, () -> SPREAD * gain * random.nextGaussian());
        float[] means = draw(channels, () -> mean + SPREAD * deviation * random.nextGaussian());
        float[] variances = draw(channels, () -> variance * aroundOne());
        op(
                "BatchNormalization",
                name,
                List.of(
                        input,
                        tensor(name + ".weight", scale, channels),
                        tensor(name + ".bias", shift, channels),
                        tensor(name + ".running_mean", means, channels),
                        tensor(name + ".running_var", variances, channels)),
                AttributeProto.newBuilder()
                        .setName("epsilon")
                        .setType(AttributeProto.AttributeType.FLOAT)
                        .setF((float) EPSILON)
                        .build());
        float[] ofZero = new float[channels];
        for (int c = 0; c < channels; c++) {
            ofZero[c] = (float) (shift[c] - means[c] * scale[c] / Math.sqrt(variances[c] + EPSILON));
        }
        return ofZero;
    }

    /** A convolution without a bias and its BatchNorm, for inputs of this mean square. */
    String convBatchNorm(String name, String input, ConvSizes sizes, double meanSquare, double gain) {
        String convolved = conv(name + ".conv", input, sizes);
        return batchNorm(name + ".bn", convolved, sizes.out(), 0, meanSquare, gain);
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

    /** x · sigmoid(x), which ONNX has no op for before opset 24. */
    String silu(String name, String input) {
        return op("Mul", name, List.of(input, op("Sigmoid", name + ".gate", List.of(input))));
    }

    String concat(String name, List<String> inputs) {
        return op("Concat", name, inputs, integer("axis", 1));
    }

    /** Max pooling; {@code pad} on each side. */
    String maxPool(String name, String input, int kernel, int stride, int pad) {
        return op("MaxPool", name, List.of(input), pool(kernel, stride, pad));
    }

    /** Average pooling without padding. */
    String averagePool(String name, String input, int kernel, int stride) {
        return op("AveragePool", name, List.of(input), pool(kernel, stride, 0));
    }

    private static AttributeProto[] pool(int kernel, int stride, int pad) {
        return new AttributeProto[] {
            integers("kernel_shape", kernel, kernel),
            integers("strides", stride, stride),
            integers("pads", pad, pad, pad, pad)
        };
    }

    /** Global average pooling and a linear layer. */
    String classifier(String name, String input, int channels, int classes) {
        String pooled = op("GlobalAveragePool", name + ".pool", List.of(input));
        return linear(name, flatten(name + ".flatten", pooled), channels, classes);
    }

    String flatten(String name, String input) {
        return op("Flatten", name, List.of(input), integer("axis", 1));
    }

    /** A linear layer with a bias. */
    String linear(String name, String input, int in, int out) {
        String weight = normal(name + ".weight", 1 / Math.sqrt(in), out, in);
        String bias = normal(name + ".bias", SPREAD, out);
        return op("Gemm", name, List.of(input, weight, bias), integer("transB", 1));
    }

    String op(String type, String name, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(type)
                .setName(name)
                .addAllInput(inputs)
                .addOutput(name)
                .addAllAttribute(Arrays.asList(attributes)));
        return name;
    }

    private String normal(String name, double deviation, long... dims) {
        int elements = Math.toIntExact(Arrays.stream(dims).reduce(1, Math::multiplyExact));
        return tensor(name, draw(elements, () -> deviation * random.nextGaussian()), dims);
    }

    private static float[] draw(int elements, DoubleSupplier element) {
        float[] drawn = new float[elements];
        for (int i = 0; i < elements; i++) {
            drawn[i] = (float) element.getAsDouble();
        }
        return drawn;
    }

    /** An initializer of floats. */
    String tensor(String name, float[] elements, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * elements.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(elements);
        return tensor(name, TensorProto.DataType.FLOAT, bytes, dims);
    }

    /** An initializer of integers, as shapes and indices are. */
    String tensor(String name, long[] elements, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * elements.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(elements);
        return tensor(name, TensorProto.DataType.INT64, bytes, dims);
    }

    private String tensor(String name, TensorProto.DataType type, ByteBuffer bytes, long... dims) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .setRawData(UnsafeByteOperations.unsafeWrap(bytes));
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
