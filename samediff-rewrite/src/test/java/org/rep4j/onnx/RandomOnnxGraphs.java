package org.rep4j.onnx;

import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.ints;
import static org.rep4j.testing.OnnxBuilder.number;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.rep4j.onnx.RandomOps.Activation;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.Tensor;

/**
 * Models at random: all ops that the adapter lifts and some that it does not, in any composition, with any fan-out and outputs in
 * the middle.
 */
public final class RandomOnnxGraphs {
    private static final int MOST_CHANNELS = 12;

    private final Random random;
    private final RandomOps ops;
    private final RandomEdges edges;
    private final List<Activation> values = new ArrayList<>();

    private RandomOnnxGraphs(long seed) {
        random = new Random(seed);
        ops = new RandomOps(random, seed);
        edges = new RandomEdges(random, ops);
    }

    /** A model of about {@code size} ops with the input {@code x}; see {@link #input}. */
    public static OnnxBuilder model(long seed, int size) {
        return new RandomOnnxGraphs(seed).build(size, inputDims(seed));
    }

    /** What to feed the model of {@code seed}. */
    public static Tensor input(long seed) {
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
        ops.net().input("x", declared);
        values.add(new Activation("x", inputDims));
        for (int i = 0; i < size; i++) {
            step(pick());
        }
        for (Activation value : values.subList(1, values.size())) {
            if (random.nextInt(8) == 0) {
                ops.net().output(value.name());
            }
        }
        ops.net().output(ops.op("Identity", values.get(values.size() - 1)).name());
        return ops.net();
    }

    private Activation pick() {
        int recent = Math.min(values.size(), random.nextInt(3) == 0 ? values.size() : 4);
        return values.get(values.size() - 1 - random.nextInt(recent));
    }

    private void step(Activation x) {
        if (x.rank() == 2) {
            values.add(dense(x));
            return;
        }
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> values.add(ops.convolution(x, ops.channels(), random.nextInt(4) == 0 ? 2 : 1));
            case 3, 4 -> values.add(ops.affine(x));
            case 5, 6, 7, 8 -> block(x);
            case 9 -> values.add(edges.nothing(x));
            case 10, 11 -> values.add(ops.nonlinear(x));
            case 12 -> values.add(ops.convolution(edges.cropped(x), ops.channels(), 1));
            case 13 -> values.add(ops.convolution(edges.padded(x), ops.channels(), 1));
            case 14 -> values.add(sequence(x));
            case 15 -> values.add(ops.pooled(x));
            case 16 -> concatenation(x);
            case 17 -> transposedBranches(x);
            case 18 -> values.add(ops.alongTheLastAxis(x));
            default -> {
                if (random.nextInt(3) == 0) {
                    values.add(
                            ops.op("Flatten", ops.shrunk(x), integer("axis", 1)).flat());
                }
            }
        }
    }

    /** A few branches of one input, added up and subtracted in any shape. */
    private void block(Activation x) {
        int out = random.nextInt(3) == 0 ? ops.channels() : x.channels();
        List<Activation> open = new ArrayList<>();
        int branches = 2 + random.nextInt(3);
        for (int i = 0; i < branches; i++) {
            Activation branch = branch(random.nextInt(6) == 0 ? edges.nothing(x) : x, out);
            open.add(random.nextInt(10) == 0 ? edges.nothing(branch) : branch);
            if (random.nextInt(10) == 0) {
                values.add(branch);
            }
        }
        while (open.size() > 1) {
            Activation a = open.remove(random.nextInt(open.size()));
            Activation b = open.remove(random.nextInt(open.size()));
            String kind = List.of("Add", "Add", "Sum", "Sub").get(random.nextInt(4));
            Activation sum = ops.op(kind, List.of(a.name(), b.name()), a);
            open.add(random.nextInt(5) == 0 ? ops.affine(sum) : sum);
        }
        values.add(random.nextInt(3) == 0 ? ops.batchNorm(open.get(0)) : open.get(0));
    }

    private Activation branch(Activation x, int out) {
        if (out == x.channels()) {
            switch (random.nextInt(5)) {
                case 0 -> {
                    return x;
                }
                case 1 -> {
                    return ops.affine(x);
                }
                case 2 -> {
                    return ops.average(x, 1);
                }
                default -> {}
            }
        }
        Activation y = ops.convolution(x, out, 1);
        return random.nextInt(3) == 0 ? y : random.nextInt(6) == 0 ? ops.nonlinear(y) : ops.affine(y);
    }

    /** 1×1, perhaps a norm, perhaps a padding, then k×k or pooling. */
    private Activation sequence(Activation x) {
        int inner = ops.channels();
        Activation y = ops.op(
                "Conv", List.of(x.name(), ops.kernel(x.channels(), inner, x.channels(), 1, 1)), x.sized("", 1, inner));
        Activation normal = random.nextBoolean() ? ops.batchNorm(y) : y;
        Activation wide = random.nextInt(3) == 0 ? edges.pad(normal, 0, 1, 1, 1) : normal;
        if (wide.dims()[2] < 3 || wide.dims()[3] < 3) {
            return wide;
        }
        int out = ops.channels();
        Activation like =
                wide.sized("", 1, out).sized("", 2, wide.dims()[2] - 2).sized("", 3, wide.dims()[3] - 2);
        return ops.op("Conv", List.of(wide.name(), ops.kernel(inner * 9, out, inner, 3, 3)), like);
    }

    private void concatenation(Activation x) {
        Activation a = ops.convolution(x, ops.channels(), 1);
        Activation b = random.nextBoolean() ? x : ops.affine(ops.convolution(x, ops.channels(), 1));
        int channels = a.channels() + b.channels();
        if (channels <= MOST_CHANNELS) {
            values.add(ops.op("Concat", List.of(a.name(), b.name()), a.sized("", 1, channels), integer("axis", 1)));
        }
    }

    private void transposedBranches(Activation x) {
        if (x.dims()[2] > 8 || x.dims()[3] > 8) {
            return;
        }
        int groups = ops.groups(x.channels(), 4);
        int output = random.nextInt(2);
        List<String> branches = new ArrayList<>();
        Activation like =
                x.sized("", 1, 4).sized("", 2, 2 * x.dims()[2] - 1 + output).sized("", 3, 2 * x.dims()[3] - 1 + output);
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            Activation branch = ops.op(
                    "ConvTranspose",
                    List.of(x.name(), ops.kernel(2 * x.channels(), x.channels(), 4 / groups, 3, 3)),
                    like,
                    ints("strides", 2, 2),
                    ints("pads", 1, 1, 1, 1),
                    ints("output_padding", output, output),
                    integer("group", groups));
            branches.add(random.nextBoolean() ? ops.affine(branch).name() : branch.name());
        }
        Activation sum = branches.size() == 1 ? like.named(branches.get(0)) : ops.op("Add", branches, like);
        values.add(ops.convolution(sum, ops.channels(), 2));
    }

    private Activation dense(Activation x) {
        int in = x.channels();
        int out = 2 + random.nextInt(6);
        Activation like = x.sized("", 1, out);
        return switch (random.nextInt(5)) {
            case 0 ->
                ops.op(
                        "Gemm",
                        List.of(
                                x.name(),
                                ops.constants().weights(in, out, in),
                                ops.constants().disguised(ops.constants().shifts(out))),
                        like,
                        integer("transB", 1),
                        number("alpha", 0.5 + random.nextDouble()),
                        number("beta", 1));
            case 1 ->
                ops.op(
                        "Add",
                        List.of(
                                ops.op(
                                                "MatMul",
                                                List.of(
                                                        x.name(),
                                                        ops.constants().weights(in, in, out)),
                                                like)
                                        .name(),
                                ops.constants().disguised(ops.constants().shifts(out))),
                        like);
            case 2 -> ops.batchNorm(x);
            case 3 -> ops.op("Add", List.of(x.name(), ops.nonlinear(x).name()), x);
            default -> ops.affine(x);
        };
    }
}
