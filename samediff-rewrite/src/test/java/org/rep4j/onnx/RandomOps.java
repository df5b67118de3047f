package org.rep4j.onnx;

import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.ints;
import static org.rep4j.testing.OnnxBuilder.number;
import static org.rep4j.testing.OnnxBuilder.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import onnx.Onnx.AttributeProto;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.Tensor;

/** Single ops of random models, with random attributes and constants. Weights are such that activations stay of order 1. */
final class RandomOps {
    private static final int[] OPSETS = {8, 9, 11, 13, 15, 18, 21};

    private final Random random;
    private final int opset;
    private final OnnxBuilder net;
    private final RandomConstants constants;
    private final Map<String, String> kernels = new HashMap<>();
    private int named;

    /** A value of the model. */
    record Activation(String name, int... dims) {
        int channels() {
            return dims[1];
        }

        int rank() {
            return dims.length;
        }

        Activation sized(String newName, int axis, int size) {
            int[] changed = dims.clone();
            changed[axis] = size;
            return new Activation(newName, changed);
        }

        Activation flat() {
            return new Activation(name, dims[0], dims[1]);
        }

        Activation named(String newName) {
            return new Activation(newName, dims);
        }
    }

    RandomOps(Random random, long seed) {
        this.random = random;
        opset = OPSETS[random.nextInt(OPSETS.length)];
        net = new OnnxBuilder(seed).opset(opset);
        constants = new RandomConstants(random, net, opset);
    }

    OnnxBuilder net() {
        return net;
    }

    int opset() {
        return opset;
    }

    RandomConstants constants() {
        return constants;
    }

    String name(String kind) {
        return kind + named++;
    }

    Activation op(String op, Activation x, AttributeProto... attributes) {
        return op(op, List.of(x.name()), x, attributes);
    }

    /** Adds an op whose output has the shape of {@code like}. */
    Activation op(String op, List<String> inputs, Activation like, AttributeProto... attributes) {
        String name = name(op);
        net.node(op, name, inputs, name, attributes);
        return like.named(name);
    }

    int channels() {
        return 2 * (1 + random.nextInt(3));
    }

    int groups(int in, int out) {
        List<Integer> choices = new ArrayList<>(List.of(1, 1));
        for (int groups = 2; groups <= in; groups++) {
            if (in % groups == 0 && out % groups == 0) {
                choices.add(groups);
            }
        }
        return choices.get(random.nextInt(choices.size()));
    }

    /** A convolution with padding that keeps the size, moved to one side at times, if the stride is 1. */
    Activation convolution(Activation x, int out, int stride) {
        int kernel = 1 + random.nextInt(3);
        int dilation = 1 + random.nextInt(2);
        int span = dilation * (kernel - 1);
        int begin = random.nextInt(3) == 0 ? random.nextInt(span + 1) : span / 2;
        boolean automatic = stride == 2 && random.nextInt(3) == 0;
        AttributeProto padding = automatic
                ? text("auto_pad", random.nextBoolean() ? "SAME_UPPER" : "SAME_LOWER")
                : ints("pads", begin, span / 2, span - begin, span - span / 2);
        int groups = groups(x.channels(), out);
        int in = x.channels() / groups;
        List<String> inputs = new ArrayList<>(List.of(x.name(), kernel(in * kernel * kernel, out, in, kernel, kernel)));
        if (random.nextBoolean()) {
            inputs.add(constants.disguised(constants.shifts(out)));
        }
        Activation like = x.sized("", 1, out);
        for (int axis = 2; axis < 4; axis++) {
            like = like.sized("", axis, (x.dims()[axis] - 1) / stride + 1);
        }
        return op(
                "Conv",
                inputs,
                like,
                ints("strides", stride, stride),
                ints("dilations", automatic ? 1 : dilation, automatic ? 1 : dilation),
                integer("group", groups),
                padding);
    }

    /** Weights of these sizes; now and then those of an earlier op. */
    String kernel(int fanIn, int... dims) {
        String key = Arrays.toString(dims);
        if (random.nextInt(4) != 0 || !kernels.containsKey(key)) {
            kernels.put(key, constants.weights(fanIn, dims));
        }
        return kernels.getOrDefault(key, "");
    }

    Activation affine(Activation x) {
        int channels = x.channels();
        return switch (random.nextInt(8)) {
            case 0 -> withConstant("Mul", x, constants.factors(channels));
            case 1 -> withConstant("Add", x, constants.shifts(channels));
            case 2 -> op(random.nextBoolean() ? "Neg" : "Identity", x);
            case 3 -> withConstant(random.nextBoolean() ? "Mul" : "Add", x, constants.factors(1));
            case 4 -> {
                String c = constants.perChannel(constants.shifts(random.nextBoolean() ? channels : 1), x.rank());
                yield op("Sub", random.nextBoolean() ? List.of(x.name(), c) : List.of(c, x.name()), x);
            }
            case 5 -> writtenOutNorm(x);
            default -> batchNorm(x);
        };
    }

    Activation withConstant(String op, Activation x, Tensor vector) {
        String constant = constants.perChannel(vector, x.rank());
        return op(op, random.nextBoolean() ? List.of(x.name(), constant) : List.of(constant, x.name()), x);
    }

    Activation batchNorm(Activation x) {
        int channels = x.channels();
        List<String> inputs = List.of(
                x.name(),
                constants.disguised(constants.factors(channels)),
                constants.disguised(constants.shifts(channels)),
                constants.disguised(constants.shifts(channels)),
                constants.disguised(constants.variances(channels)));
        return op("BatchNormalization", inputs, x, number("epsilon", 1e-3));
    }

    /** (x − μ) / √(σ² + ε) · γ + β. */
    Activation writtenOutNorm(Activation x) {
        int channels = x.channels();
        Activation centred =
                op("Sub", List.of(x.name(), constants.perChannel(constants.shifts(channels), x.rank())), x);
        String variance = constants.perChannel(constants.variances(channels), x.rank());
        Activation shifted =
                op("Add", List.of(variance, constants.plain(new Tensor(new int[] {}, new double[] {1e-3}))), x);
        Activation deviation = op("Sqrt", shifted);
        Activation normal = op("Div", List.of(centred.name(), deviation.name()), x);
        return withConstant(
                "Add", withConstant("Mul", normal, constants.factors(channels)), constants.shifts(channels));
    }

    Activation average(Activation x, int stride) {
        Activation like = x;
        for (int axis = 2; axis < 4; axis++) {
            like = like.sized("", axis, (x.dims()[axis] - 1) / stride + 1);
        }
        return op(
                "AveragePool",
                List.of(x.name()),
                like,
                ints("kernel_shape", 3, 3),
                ints("pads", 1, 1, 1, 1),
                ints("strides", stride, stride),
                integer("count_include_pad", random.nextInt(4) == 0 ? 0 : 1));
    }

    Activation nonlinear(Activation x) {
        return op(List.of("Relu", "Sigmoid", "Tanh").get(random.nextInt(3)), x);
    }

    Activation pooled(Activation x) {
        if (random.nextBoolean()) {
            return average(x, 1 + random.nextInt(2));
        }
        return op("MaxPool", x, ints("kernel_shape", 3, 3), ints("pads", 1, 1, 1, 1));
    }

    Activation shrunk(Activation x) {
        return op("GlobalAveragePool", List.of(x.name()), x.sized("", 2, 1).sized("", 3, 1));
    }

    Activation alongTheLastAxis(Activation x) {
        int in = x.dims()[3];
        int out = 4 + random.nextInt(4);
        Activation product = op("MatMul", List.of(x.name(), constants.weights(in, in, out)), x.sized("", 3, out));
        Activation biased = random.nextBoolean()
                ? op("Add", List.of(product.name(), constants.disguised(constants.shifts(out))), product)
                : product;
        return op("Mul", List.of(constants.disguised(constants.factors(out)), biased.name()), biased);
    }
}
