package org.rep4j.convert;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxModelBuilder;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxTensor;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;

/** A model of one op, for tests: {@code OpModel.of("Conv", 17).feed(1, 3, 8, 8).weights(4, 3, 3, 3).converts()}. */
final class OpModel {
    private final OnnxModelBuilder model;
    private final OnnxNode.Builder node;
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>(List.of("y0"));
    private OnnxType type = OnnxType.FLOAT;

    private OpModel(String op, int opset) {
        this.model = new OnnxModelBuilder(op, opset);
        this.node = OnnxNode.of(op).name("op");
    }

    static OpModel of(String op, int opset) {
        return new OpModel(op, opset);
    }

    /** The format of the inputs and weights that follow, and of the outputs; float where nothing is said. */
    OpModel type(OnnxType newType) {
        type = newType;
        return this;
    }

    private String next(String prefix) {
        String name = prefix + inputs.size();
        inputs.add(name);
        return name;
    }

    /** Adds an input that is fed; −1 for a size that the model leaves open. */
    OpModel feed(long... dims) {
        model.input(next("x"), type, Shape.of(dims));
        return this;
    }

    /** Adds a constant input of random numbers: of floats. */
    OpModel weights(long... dims) {
        int size = Math.toIntExact(Shape.of(dims).elements());
        String name = next("w");
        SplittableRandom random = new SplittableRandom(name.hashCode());
        return numbers(name, random.doubles(size, -1, 1).toArray(), dims);
    }

    /** Adds a constant input of random numbers in 0.5…1.5. */
    OpModel positiveWeights(long... dims) {
        int size = Math.toIntExact(Shape.of(dims).elements());
        String name = next("w");
        SplittableRandom random = new SplittableRandom(name.hashCode());
        return numbers(name, random.doubles(size, 0.5, 1.5).toArray(), dims);
    }

    /** Adds a constant input without axes. */
    OpModel number(double value) {
        return numbers(next("w"), new double[] {value});
    }

    private OpModel numbers(String name, double[] values, long... dims) {
        model.tensor(name, tensor(type, values, dims));
        return this;
    }

    /** A tensor of these elements, in row-major order. */
    static OnnxTensor tensor(OnnxType type, double[] values, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            switch (type) {
                case DOUBLE -> bytes.putDouble(value);
                case FLOAT -> bytes.putFloat((float) value);
                case UINT8, INT8, BOOL -> bytes.put((byte) value);
                case INT16 -> bytes.putShort((short) value);
                case INT32 -> bytes.putInt((int) value);
                case INT64 -> bytes.putLong((long) value);
                default -> throw new IllegalArgumentException("no constants of " + type);
            }
        }
        bytes.flip();
        List<Long> sizes = LongStream.of(dims).boxed().toList();
        return new OnnxTensor(type, sizes, () -> bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Adds a constant input: a vector of numbers. */
    OpModel values(double... values) {
        return numbers(next("w"), values, values.length);
    }

    /** Adds a constant input of 64-bit integers. */
    OpModel integers(long[] dims, long... values) {
        OnnxType before = type;
        type(OnnxType.INT64);
        numbers(next("w"), Arrays.stream(values).asDoubleStream().toArray(), dims);
        return type(before);
    }

    /** Adds a constant input: a vector of 64-bit integers. */
    OpModel vector(long... values) {
        OnnxType before = type;
        type(OnnxType.INT64);
        numbers(next("w"), Arrays.stream(values).asDoubleStream().toArray(), values.length);
        return type(before);
    }

    /** Leaves an optional input out. */
    OpModel without() {
        inputs.add("");
        return this;
    }

    /** Makes it have more than one output. */
    OpModel outputs(int count) {
        for (int i = 1; i < count; i++) {
            outputs.add("y" + i);
        }
        return this;
    }

    OpModel set(String attribute, long value) {
        node.integer(attribute, value);
        return this;
    }

    OpModel set(String attribute, double value) {
        node.number(attribute, value);
        return this;
    }

    OpModel set(String attribute, String value) {
        node.text(attribute, value);
        return this;
    }

    OpModel floats(String attribute, double... values) {
        node.numbers(attribute, values);
        return this;
    }

    OpModel list(String attribute, long... values) {
        node.integers(attribute, values);
        return this;
    }

    OnnxModel build() {
        model.node(node.reads(inputs.toArray(String[]::new))
                .writes(outputs.toArray(String[]::new))
                .build());
        outputs.forEach(name -> model.output(name, type, Shape.unknown()));
        return model.build();
    }

    /** {@link #converts()} where the inputs that are fed are these, in their order. */
    SameDiff converts(Tensor... feeds) {
        OnnxModel built = build();
        Map<String, Tensor> named = new LinkedHashMap<>();
        for (int i = 0; i < feeds.length; i++) {
            named.put(built.inputs().get(i).name(), feeds[i]);
        }
        return ConvertAssert.assertThatConverts(built, named);
    }

    /** Checks that the model is the same in SameDiff and back, see {@link ConvertAssert#assertThatConverts(OnnxModel)}. */
    SameDiff converts() {
        return ConvertAssert.assertThatConverts(build());
    }
}
