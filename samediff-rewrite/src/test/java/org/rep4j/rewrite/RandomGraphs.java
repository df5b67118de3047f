package org.rep4j.rewrite;

import static org.rep4j.testing.ConvSpec.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;

/**
 * Graphs at random: channels-first activations of one batch, of a few sizes, all ops, any fan-out, outputs in the middle.
 * Operands of new ops are mostly recent values, so that chains and blocks come about.
 */
final class RandomGraphs {
    private static final int[][] KERNELS = {{1, 1}, {1, 1}, {3, 3}, {3, 3}, {1, 3}, {3, 1}, {2, 2}, {2, 3}, {5, 5}};

    private final Random random;
    private final GraphFixtures g;
    private final List<Value> values = new ArrayList<>();
    private int named;

    private RandomGraphs(long seed, GraphFixtures g) {
        this.random = new Random(seed);
        this.g = g;
    }

    /** A graph of about {@code size} ops. */
    static ConvGraph graph(long seed, int size) {
        return GraphFixtures.graph(seed, g -> new RandomGraphs(seed, g).build(size));
    }

    private void build(int size) {
        values.add(g.input("x", 2, 4, 6, 5));
        if (random.nextBoolean()) {
            values.add(g.input("z", 2, 4, 6, 5));
        }
        for (int i = 0; i < size; i++) {
            step();
        }
        for (Value value : values) {
            if (random.nextInt(8) == 0) {
                g.output(value);
            }
        }
        Value last = values.get(values.size() - 1);
        g.output(g.identity(name("out"), last));
    }

    private String name(String kind) {
        return kind + named++;
    }

    private Value pick() {
        int recent = Math.min(values.size(), random.nextInt(3) == 0 ? values.size() : 4);
        return values.get(values.size() - 1 - random.nextInt(recent));
    }

    private long spatial(Value value) {
        return Math.min(value.shape().dim(2), value.shape().dim(3));
    }

    private void step() {
        Value x = pick();
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> values.add(convolution(x, channels()));
            case 3, 4 -> values.add(affine(x));
            case 5, 6, 7 -> block(x);
            case 8, 9 -> sumOfEqualShapes(x);
            case 10 -> values.add(g.identity(name("identity"), x));
            case 11 -> values.add(g.opaque(name("act"), random.nextBoolean() ? "Relu" : "Sigmoid", x));
            case 12 -> values.add(padded(x));
            case 13 -> values.add(g.captures(name("loop"), "Captures", x, List.of(equalTo(x))));
            case 14 -> splitOrConcat(x);
            case 15 -> values.add(behindAffine(x));
            case 16 -> values.add(transposedBlock(x));
            case 17 -> values.add(concatenatedBlock(x));
            case 18 -> values.add(chainOfAffines(x));
            default -> {
                if (spatial(x) > 2) {
                    values.add(strided(x));
                }
            }
        }
    }

    private int channels() {
        return 2 * (1 + random.nextInt(3));
    }

    private int groups(Value x, int out) {
        int in = (int) x.shape().dim(1);
        List<Integer> choices = new ArrayList<>(List.of(1, 1));
        for (int groups = 2; groups <= in; groups++) {
            if (in % groups == 0 && out % groups == 0) {
                choices.add(groups);
            }
        }
        return choices.get(random.nextInt(choices.size()));
    }

    private ConvSpec spec(int out, int groups, int[] kernel) {
        ConvSpec spec = conv(out, kernel).groups(groups);
        return random.nextInt(3) == 0 ? spec.noBias() : spec;
    }

    /** Keeps the size, with the padding on either end. */
    private Value convolution(Value x, int out) {
        return convolution(x, out, groups(x, out));
    }

    private Value convolution(Value x, int out, int groups) {
        int[] kernel = KERNELS[random.nextInt(KERNELS.length)];
        int dilation = 1 + random.nextInt(2);
        int height = dilation * (kernel[0] - 1);
        int width = dilation * (kernel[1] - 1);
        int top = random.nextInt(4) == 0 ? random.nextInt(height + 1) : height / 2;
        int left = random.nextInt(4) == 0 ? random.nextInt(width + 1) : width / 2;
        return g.conv(
                name("conv"),
                x,
                spec(out, groups, kernel)
                        .dilation(dilation, dilation)
                        .paddedAsymmetrically(top, left, height - top, width - left));
    }

    private Value strided(Value x) {
        int kernel = 1 + 2 * random.nextInt(2);
        int out = channels();
        ConvSpec spec = spec(out, groups(x, out), new int[] {kernel, kernel}).stride(2, 2);
        Value a = g.conv(name("conv"), x, spec.padded(kernel / 2, kernel / 2));
        Value b = g.conv(name("conv"), x, spec(out, 1, new int[] {1, 1}).stride(2, 2));
        return g.sum(name("sum"), a, b);
    }

    private Value affine(Value x) {
        long channels = x.shape().dim(1);
        return switch (random.nextInt(6)) {
            case 0 -> g.scale(name("mul"), x, channels, 1, 1);
            case 1 -> g.scale(name("mul"), x);
            case 2 -> g.shift(name("add"), x, 1, channels, 1, 1);
            case 3 -> g.batchNorm(name("bn"), x, 2 + random.nextInt(2));
            default -> g.batchNorm(name("bn"), x);
        };
    }

    /** A few branches of one input, added up in any shape. */
    private void block(Value x) {
        int out = random.nextInt(3) == 0 ? channels() : (int) x.shape().dim(1);
        int groups = groups(x, out);
        List<Value> open = new ArrayList<>();
        int branches = 2 + random.nextInt(4);
        for (int i = 0; i < branches; i++) {
            Value branch = branch(x, out, random.nextInt(4) == 0 ? groups(x, out) : groups);
            open.add(random.nextInt(12) == 0 ? g.identity(name("identity"), branch) : branch);
            if (random.nextInt(10) == 0) {
                values.add(branch);
            }
        }
        while (open.size() > 1) {
            int operands = Math.min(open.size(), 2 + random.nextInt(2));
            Value[] summands = new Value[operands];
            for (int i = 0; i < operands; i++) {
                summands[i] = open.remove(random.nextInt(open.size()));
            }
            Value sum = g.sum(name("sum"), summands);
            open.add(random.nextInt(5) == 0 ? affine(sum) : sum);
        }
        values.add(open.get(0));
    }

    private Value branch(Value x, int out, int groups) {
        if (out == x.shape().dim(1) && random.nextInt(3) == 0) {
            return random.nextBoolean() ? x : affine(x);
        }
        Value y = convolution(x, out, groups);
        return random.nextInt(3) == 0 ? y : affine(y);
    }

    private Value equalTo(Value x) {
        List<Value> equal =
                values.stream().filter(v -> v.shape().equals(x.shape())).toList();
        return equal.get(random.nextInt(equal.size()));
    }

    private void sumOfEqualShapes(Value x) {
        Value[] operands = new Value[2 + random.nextInt(3)];
        operands[0] = x;
        for (int i = 1; i < operands.length; i++) {
            operands[i] = equalTo(x);
        }
        values.add(g.sum(name("sum"), operands));
    }

    private Value padded(Value x) {
        double fill = random.nextInt(4) == 0 ? 0.5 : 0;
        Value pad = g.pad(name("pad"), x, fill, 0, 0, 1, random.nextInt(2), 0, 0, random.nextInt(2), 1);
        if (random.nextInt(4) == 0) {
            values.add(pad);
        }
        int out = channels();
        return g.conv(name("conv"), pad, spec(out, groups(x, out), new int[] {2, 2}));
    }

    /** An affine op before one or two convolutions, with nothing or the op's value for zero between them. */
    private Value behindAffine(Value x) {
        ChannelConstant shift = g.constant(x.shape().dim(1), 1, 1);
        Value y = random.nextBoolean() ? affine(x) : g.shift(name("add"), x, shift);
        if (random.nextInt(3) == 0) {
            y = g.pad(name("pad"), y, random.nextBoolean() ? shift : ChannelConstant.scalar(0), 0, 0, 1, 0, 0, 0, 0, 1);
        }
        int out = channels();
        ConvSpec spec = spec(out, groups(x, out), random.nextBoolean() ? new int[] {1, 1} : new int[] {2, 1});
        if (spatial(y) < 3) {
            return y;
        }
        if (random.nextInt(3) == 0) {
            values.add(g.conv(name("conv"), y, spec));
        }
        return g.conv(name("conv"), y, random.nextInt(4) == 0 ? spec.padded(1, 0) : spec);
    }

    /** A signed sum of transposed convolutions that keep the size, and maybe of something else. */
    private Value transposedBlock(Value x) {
        int out = channels();
        int groups = groups(x, out);
        List<Sum.Term> terms = new ArrayList<>();
        int branches = 2 + random.nextInt(3);
        for (int i = 0; i < branches; i++) {
            int height = 1 + 2 * random.nextInt(2);
            int width = 1 + 2 * random.nextInt(2);
            Value y = g.value(name("up"), x.shape().withDim(1, out));
            ConvSpec spec = spec(out, groups, new int[] {height, width}).padded(height / 2, width / 2);
            g.transposedConv(y, random.nextInt(5) == 0 ? equalTo(x) : x, spec, 0, 0);
            terms.add(new Sum.Term(y, random.nextInt(3) == 0));
        }
        if (random.nextInt(3) == 0) {
            terms.add(Sum.Term.plus(convolution(x, out, groups)));
        }
        Value sum = g.sum(name("sum"), terms.toArray(Sum.Term[]::new));
        return random.nextBoolean() ? affine(sum) : sum;
    }

    /** Convolutions of one input, or two, next to each other. */
    private Value concatenatedBlock(Value x) {
        int[] kernel = KERNELS[random.nextInt(KERNELS.length)];
        int branches = 2 + random.nextInt(2);
        Value[] parts = new Value[branches];
        for (int i = 0; i < branches; i++) {
            ConvSpec spec = spec(2, random.nextInt(4) == 0 ? 2 : 1, kernel)
                    .paddedAsymmetrically(kernel[0] - 1, 0, 0, kernel[1] - 1);
            parts[i] = g.conv(name("conv"), random.nextInt(3) == 0 ? equalTo(x) : x, spec);
        }
        Value concat = g.concat(name("concat"), parts);
        return random.nextBoolean() ? affine(concat) : concat;
    }

    private Value chainOfAffines(Value x) {
        Value y = affine(x);
        for (int i = random.nextInt(3); i > 0; i--) {
            y = affine(y);
        }
        return y;
    }

    private void splitOrConcat(Value x) {
        if (x.shape().dim(1) % 4 == 0) {
            values.addAll(g.split(name("split"), x));
        } else if (x.shape().dim(1) <= 6) {
            values.add(g.concat(name("concat"), x, equalTo(x)));
        }
    }
}
