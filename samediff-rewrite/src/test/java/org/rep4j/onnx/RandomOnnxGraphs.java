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
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.Tensor;

/**
 * Models at random: all ops that the adapter lifts and some that it does not, in any composition, with any fan-out and outputs in
 * the middle. Weights are such that activations stay of order 1.
 */
final class RandomOnnxGraphs {
    private static final int[] OPSETS = {8, 9, 11, 13, 15, 18, 21};
    private static final int MOST_CHANNELS = 12;

    private final Random random;
    private final int opset;
    private final OnnxBuilder net;
    private final RandomConstants constants;
    private final List<Activation> values = new ArrayList<>();
    private final Map<String, String> kernels = new HashMap<>();
    private int named;

    /** A value of the model. */
    private record Activation(String name, int... dims) {
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

    private RandomOnnxGraphs(long seed) {
        random = new Random(seed);
        opset = OPSETS[random.nextInt(OPSETS.length)];
        net = new OnnxBuilder(seed).opset(opset);
        constants = new RandomConstants(random, net, opset);
    }

    /** A model of about {@code size} ops with the input {@code x}; see {@link #input}. */
    static OnnxBuilder model(long seed, int size) {
        return new RandomOnnxGraphs(seed).build(size, inputDims(seed));
    }

    /** What to feed the model of {@code seed}. */
    static Tensor input(long seed) {
        return Tensor.random(new Random(seed + 1), inputDims(seed));
    }

    private static int[] inputDims(long seed) {
        Random sizes = new Random(~seed);
        return new int[] {2, 2 + 2 * sizes.nextInt(2), 5 + sizes.nextInt(4), 5 + sizes.nextInt(4)};
    }

    private OnnxBuilder build(int size, int... inputDims) {
        boolean free = random.nextInt(3) == 0;
        long[] declared = Arrays.stream(inputDims).asLongStream().toArray();
        if (free) {
            declared = new long[] {-1, declared[1], -1, -1};
        }
        net.input("x", declared);
        values.add(new Activation("x", inputDims));
        for (int i = 0; i < size; i++) {
            step(pick());
        }
        for (Activation value : values.subList(1, values.size())) {
            if (random.nextInt(8) == 0) {
                net.output(value.name());
            }
        }
        net.output(op("Identity", values.get(values.size() - 1)).name());
        return net;
    }

    private String name(String kind) {
        return kind + named++;
    }

    private Activation pick() {
        int recent = Math.min(values.size(), random.nextInt(3) == 0 ? values.size() : 4);
        return values.get(values.size() - 1 - random.nextInt(recent));
    }

    private Activation op(String op, Activation x, AttributeProto... attributes) {
        return op(op, List.of(x.name()), x, attributes);
    }

    /** Adds an op whose output has the shape of {@code like}. */
    private Activation op(String op, List<String> inputs, Activation like, AttributeProto... attributes) {
        String name = name(op);
        net.node(op, name, inputs, name, attributes);
        return like.named(name);
    }

    private void step(Activation x) {
        if (x.rank() == 2) {
            values.add(dense(x));
            return;
        }
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> values.add(convolution(x, channels(), random.nextInt(4) == 0 ? 2 : 1));
            case 3, 4 -> values.add(affine(x));
            case 5, 6, 7, 8 -> block(x);
            case 9 -> values.add(nothing(x));
            case 10, 11 -> values.add(nonlinear(x));
            case 12 -> values.add(convolution(cropped(x), channels(), 1));
            case 13 -> values.add(convolution(padded(x), channels(), 1));
            case 14 -> values.add(sequence(x));
            case 15 -> values.add(pooled(x));
            case 16 -> concatenation(x);
            case 17 -> transposedBranches(x);
            case 18 -> values.add(alongTheLastAxis(x));
            default -> {
                if (random.nextInt(3) == 0) {
                    values.add(op("Flatten", shrunk(x), integer("axis", 1)).flat());
                }
            }
        }
    }

    private int channels() {
        return 2 * (1 + random.nextInt(3));
    }

    private int groups(int in, int out) {
        List<Integer> choices = new ArrayList<>(List.of(1, 1));
        for (int groups = 2; groups <= in; groups++) {
            if (in % groups == 0 && out % groups == 0) {
                choices.add(groups);
            }
        }
        return choices.get(random.nextInt(choices.size()));
    }

    /** A convolution with padding that keeps the size, moved to one side at times, if the stride is 1. */
    private Activation convolution(Activation x, int out, int stride) {
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
    private String kernel(int fanIn, int... dims) {
        String key = Arrays.toString(dims);
        if (random.nextInt(4) != 0 || !kernels.containsKey(key)) {
            kernels.put(key, constants.weights(fanIn, dims));
        }
        return kernels.getOrDefault(key, "");
    }

    private Activation affine(Activation x) {
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

    private Activation withConstant(String op, Activation x, Tensor vector) {
        String constant = constants.perChannel(vector, x.rank());
        return op(op, random.nextBoolean() ? List.of(x.name(), constant) : List.of(constant, x.name()), x);
    }

    private Activation batchNorm(Activation x) {
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
    private Activation writtenOutNorm(Activation x) {
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

    /** A few branches of one input, added up and subtracted in any shape. */
    private void block(Activation x) {
        int out = random.nextInt(3) == 0 ? channels() : x.channels();
        List<Activation> open = new ArrayList<>();
        int branches = 2 + random.nextInt(3);
        for (int i = 0; i < branches; i++) {
            Activation branch = branch(random.nextInt(6) == 0 ? nothing(x) : x, out);
            open.add(random.nextInt(10) == 0 ? nothing(branch) : branch);
            if (random.nextInt(10) == 0) {
                values.add(branch);
            }
        }
        while (open.size() > 1) {
            Activation a = open.remove(random.nextInt(open.size()));
            Activation b = open.remove(random.nextInt(open.size()));
            String kind = List.of("Add", "Add", "Sum", "Sub").get(random.nextInt(4));
            Activation sum = op(kind, List.of(a.name(), b.name()), a);
            open.add(random.nextInt(5) == 0 ? affine(sum) : sum);
        }
        values.add(random.nextInt(3) == 0 ? batchNorm(open.get(0)) : open.get(0));
    }

    private Activation branch(Activation x, int out) {
        if (out == x.channels()) {
            switch (random.nextInt(5)) {
                case 0 -> {
                    return x;
                }
                case 1 -> {
                    return affine(x);
                }
                case 2 -> {
                    return average(x, 1);
                }
                default -> {}
            }
        }
        Activation y = convolution(x, out, 1);
        return random.nextInt(3) == 0 ? y : random.nextInt(6) == 0 ? nonlinear(y) : affine(y);
    }

    private Activation average(Activation x, int stride) {
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

    private Activation nonlinear(Activation x) {
        return op(List.of("Relu", "Sigmoid", "Tanh").get(random.nextInt(3)), x);
    }

    private Activation pooled(Activation x) {
        if (random.nextBoolean()) {
            return average(x, 1 + random.nextInt(2));
        }
        return op("MaxPool", x, ints("kernel_shape", 3, 3), ints("pads", 1, 1, 1, 1));
    }

    private Activation shrunk(Activation x) {
        return op("GlobalAveragePool", List.of(x.name()), x.sized("", 2, 1).sized("", 3, 1));
    }

    /** An op that changes nothing. */
    private Activation nothing(Activation x) {
        long[] sizes = Arrays.stream(x.dims()).asLongStream().toArray();
        return switch (random.nextInt(9)) {
            case 0 -> op("Dropout", x);
            case 1 -> op("Reshape", List.of(x.name(), constants.list(0, 0, sizes[2], -1)), x);
            case 2 -> op("Transpose", x, ints("perm", 0, 1, 2, 3));
            case 3 -> op("Cast", x, integer("to", DataType.FLOAT.getNumber()));
            case 4 -> sliced(x, 2, 0, Long.MAX_VALUE);
            case 5 -> pad(x, 0, 0, 0, 0);
            case 6 -> random.nextBoolean() ? op("Sum", x) : op("Concat", x, integer("axis", 1));
            case 7 -> op("AveragePool", x, ints("kernel_shape", 1, 1));
            default -> op("Identity", x);
        };
    }

    private Activation sliced(Activation x, int axis, long start, long end) {
        int size = x.dims()[axis];
        int kept = (int) (Math.min(end < 0 ? end + size : end, size) - start);
        Activation like = x.sized("", axis, kept);
        if (opset < 10) {
            return op("Slice", List.of(x.name()), like, ints("starts", start), ints("ends", end), ints("axes", axis));
        }
        return op("Slice", List.of(x.name(), constants.list(start), constants.list(end), constants.list(axis)), like);
    }

    private Activation cropped(Activation x) {
        Activation y = x;
        for (int axis = 2; axis < 4; axis++) {
            int size = y.dims()[axis];
            if (size > 3) {
                int start = random.nextInt(2);
                y = sliced(
                        y,
                        axis,
                        start,
                        random.nextBoolean() ? -1 : random.nextBoolean() ? size - 1 : Integer.MAX_VALUE);
            }
        }
        return y;
    }

    private Activation pad(Activation x, double fill, int top, int left, int bottomRight) {
        Activation like =
                x.sized("", 2, x.dims()[2] + top + bottomRight).sized("", 3, x.dims()[3] + left + bottomRight);
        long[] pads = {0, 0, top, left, 0, 0, bottomRight, bottomRight};
        if (opset < 11) {
            return op("Pad", List.of(x.name()), like, ints("pads", pads), number("value", fill));
        }
        String value = constants.plain(new Tensor(new int[] {}, new double[] {fill}));
        return op("Pad", List.of(x.name(), constants.list(pads), value), like);
    }

    private Activation padded(Activation x) {
        Activation pad =
                pad(x, random.nextInt(3) == 0 ? 0.5 : 0, random.nextInt(2), random.nextInt(2), random.nextInt(2));
        if (random.nextInt(4) == 0) {
            values.add(pad);
        }
        return pad;
    }

    /** 1×1, perhaps a norm, perhaps a padding, then k×k or pooling. */
    private Activation sequence(Activation x) {
        int inner = channels();
        Activation y =
                op("Conv", List.of(x.name(), kernel(x.channels(), inner, x.channels(), 1, 1)), x.sized("", 1, inner));
        Activation normal = random.nextBoolean() ? batchNorm(y) : y;
        Activation wide = random.nextInt(3) == 0 ? pad(normal, 0, 1, 1, 1) : normal;
        if (wide.dims()[2] < 3 || wide.dims()[3] < 3) {
            return wide;
        }
        int out = channels();
        Activation like =
                wide.sized("", 1, out).sized("", 2, wide.dims()[2] - 2).sized("", 3, wide.dims()[3] - 2);
        return op("Conv", List.of(wide.name(), kernel(inner * 9, out, inner, 3, 3)), like);
    }

    private void concatenation(Activation x) {
        Activation a = convolution(x, channels(), 1);
        Activation b = random.nextBoolean() ? x : affine(convolution(x, channels(), 1));
        int channels = a.channels() + b.channels();
        if (channels <= MOST_CHANNELS) {
            values.add(op("Concat", List.of(a.name(), b.name()), a.sized("", 1, channels), integer("axis", 1)));
        }
    }

    private void transposedBranches(Activation x) {
        if (x.dims()[2] > 8 || x.dims()[3] > 8) {
            return;
        }
        int groups = groups(x.channels(), 4);
        int output = random.nextInt(2);
        List<String> branches = new ArrayList<>();
        Activation like =
                x.sized("", 1, 4).sized("", 2, 2 * x.dims()[2] - 1 + output).sized("", 3, 2 * x.dims()[3] - 1 + output);
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            Activation branch = op(
                    "ConvTranspose",
                    List.of(x.name(), kernel(2 * x.channels(), x.channels(), 4 / groups, 3, 3)),
                    like,
                    ints("strides", 2, 2),
                    ints("pads", 1, 1, 1, 1),
                    ints("output_padding", output, output),
                    integer("group", groups));
            branches.add(random.nextBoolean() ? affine(branch).name() : branch.name());
        }
        Activation sum = branches.size() == 1 ? like.named(branches.get(0)) : op("Add", branches, like);
        values.add(convolution(sum, channels(), 2));
    }

    private Activation alongTheLastAxis(Activation x) {
        int in = x.dims()[3];
        int out = 4 + random.nextInt(4);
        Activation product = op("MatMul", List.of(x.name(), constants.weights(in, in, out)), x.sized("", 3, out));
        Activation biased = random.nextBoolean()
                ? op("Add", List.of(product.name(), constants.disguised(constants.shifts(out))), product)
                : product;
        return op("Mul", List.of(constants.disguised(constants.factors(out)), biased.name()), biased);
    }

    private Activation dense(Activation x) {
        int in = x.channels();
        int out = 2 + random.nextInt(6);
        Activation like = x.sized("", 1, out);
        return switch (random.nextInt(5)) {
            case 0 ->
                op(
                        "Gemm",
                        List.of(x.name(), constants.weights(in, out, in), constants.disguised(constants.shifts(out))),
                        like,
                        integer("transB", 1),
                        number("alpha", 0.5 + random.nextDouble()),
                        number("beta", 1));
            case 1 ->
                op(
                        "Add",
                        List.of(
                                op("MatMul", List.of(x.name(), constants.weights(in, in, out)), like)
                                        .name(),
                                constants.disguised(constants.shifts(out))),
                        like);
            case 2 -> batchNorm(x);
            case 3 -> op("Add", List.of(x.name(), nonlinear(x).name()), x);
            default -> affine(x);
        };
    }
}
