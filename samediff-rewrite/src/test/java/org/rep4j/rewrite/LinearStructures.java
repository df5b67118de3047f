package org.rep4j.rewrite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;

/**
 * Random structures of linear branches that are one convolution, whatever their shape: among the branches of each sum is a
 * dense convolution whose taps include those of all others, so that the minimum is known to be one.
 */
final class LinearStructures {
    private static final int CHANNELS = 4;

    private final GraphFixtures g;
    private final Random random;
    private final Value x;
    private final Axis[] axes = new Axis[2];
    private int names;

    /** The taps that there are on one axis, and what all branches have in common. */
    private record Axis(int kernel, int stride, int begin, int end) {
        int slack() {
            return begin + end - (kernel - 1);
        }
    }

    /** The taps of one branch on one axis: pads are negative where it reads a crop. */
    private record Taps(int kernel, int dilation, int begin, int end) {}

    private LinearStructures(GraphFixtures g, Random random) {
        this.g = g;
        this.random = random;
        int stride = 1 + random.nextInt(2);
        for (int i = 0; i < axes.length; i++) {
            int kernel = 1 + random.nextInt(4);
            axes[i] = new Axis(kernel, stride, random.nextInt(kernel), random.nextInt(kernel));
        }
        boolean sized = random.nextInt(3) > 0;
        x = g.input("x", 2, CHANNELS, sized ? 9 : -1, sized ? 8 : -1);
    }

    /** What to build, for {@link GraphFixtures}. */
    static Consumer<GraphFixtures> of(long seed) {
        return g -> {
            LinearStructures structures = new LinearStructures(g, new Random(seed));
            g.output(structures.sum(2));
        };
    }

    private String name(String op) {
        return op + ++names;
    }

    /** A sum of branches, one of them dense, written as a tree of any shape. */
    private Value sum(int depth) {
        List<Value> branches = new ArrayList<>(List.of(after(dense())));
        int more = 1 + random.nextInt(3);
        for (int i = 0; i < more; i++) {
            branches.add(depth > 0 && random.nextInt(4) == 0 ? after(sum(depth - 1)) : branch());
        }
        Collections.shuffle(branches, random);
        while (branches.size() > 1) {
            int operands = Math.min(branches.size(), 2 + random.nextInt(2));
            List<Term> terms = new ArrayList<>();
            for (int i = 0; i < operands; i++) {
                Value operand = branches.remove(random.nextInt(branches.size()));
                terms.add(random.nextInt(3) == 0 ? Term.minus(operand) : Term.plus(operand));
            }
            branches.add(g.sum(name("sum"), terms.toArray(Term[]::new)));
        }
        return branches.get(0);
    }

    private Value dense() {
        return conv(x, CHANNELS, CHANNELS, 1, whole(0), whole(1));
    }

    private Value branch() {
        return switch (random.nextInt(7)) {
            case 0 -> keepsSize() ? after(through(x)) : after(dense());
            case 1 -> pool();
            case 2 -> after(bottleneck());
            case 3 -> after(separable());
            default -> after(conv(x, CHANNELS, CHANNELS, random.nextInt(3) == 0 ? 2 : 1, some(0), some(1)));
        };
    }

    /** Ops that change nothing but scale and shift, or nothing at all, or none. */
    private Value after(Value value) {
        return switch (random.nextInt(6)) {
            case 0 -> g.batchNorm(name("bn"), value);
            case 1 -> g.scale(name("scale"), value, CHANNELS, 1, 1);
            case 2 -> g.shift(name("shift"), g.scale(name("scale"), value));
            case 3 -> g.identity(name("identity"), value);
            default -> value;
        };
    }

    private Value through(Value value) {
        return random.nextBoolean() ? value : g.batchNorm(name("bn"), g.identity(name("identity"), value));
    }

    private boolean keepsSize() {
        for (Axis axis : axes) {
            if (axis.stride() != 1 || axis.slack() != 0) {
                return false;
            }
        }
        return true;
    }

    private Value pool() {
        Value pool = g.averagePool(name("pool"), x, spec(CHANNELS, 1, whole(0), whole(1)), true);
        return g.batchNorm(name("bn"), pool);
    }

    /** 1×1 → k×k, padded with what the 1×1 makes of zeros. */
    private Value bottleneck() {
        int middle = 1 + random.nextInt(3);
        Value point = g.conv(name("point"), x, ConvSpec.conv(middle, 1, 1));
        Taps height = whole(0);
        Taps width = whole(1);
        Value padded = g.padWithBias(
                name("border"), point, 0, 0, height.begin(), width.begin(), 0, 0, height.end(), width.end());
        ConvSpec bare =
                ConvSpec.conv(CHANNELS, height.kernel(), width.kernel()).stride(axes[0].stride(), axes[1].stride());
        return g.conv(name("conv"), padded, bare);
    }

    /** Depthwise, then 1×1. */
    private Value separable() {
        Value depthwise = conv(x, CHANNELS, CHANNELS, CHANNELS, some(0), some(1));
        return g.conv(name("point"), depthwise, ConvSpec.conv(CHANNELS, 1, 1));
    }

    private Taps whole(int axis) {
        return new Taps(axes[axis].kernel(), 1, axes[axis].begin(), axes[axis].end());
    }

    /** Some of the taps that there are, with the pads that put them there. */
    private Taps some(int axis) {
        Axis all = axes[axis];
        int dilation = 1 + random.nextInt(2);
        int first = random.nextInt(all.kernel());
        int most = (all.kernel() - 1 - first) / dilation + 1;
        int kernel = 1 + random.nextInt(most);
        int spacing = kernel == 1 ? 1 : dilation;
        int begin = all.begin() - first;
        return new Taps(kernel, spacing, begin, all.slack() + (kernel - 1) * spacing - begin);
    }

    /** A convolution; behind a crop where its pads are negative. */
    private Value conv(Value input, int in, int out, int groups, Taps height, Taps width) {
        boolean crops = height.begin() < 0 || height.end() < 0 || width.begin() < 0 || width.end() < 0;
        Value read = crops
                ? g.pad(
                        name("crop"),
                        input,
                        0,
                        0,
                        0,
                        Math.min(0, height.begin()),
                        Math.min(0, width.begin()),
                        0,
                        0,
                        Math.min(0, height.end()),
                        Math.min(0, width.end()))
                : input;
        ConvSpec spec = spec(out, groups, positive(height), positive(width));
        return g.conv(name("conv"), read, groups == in ? spec.noBias() : spec);
    }

    private static Taps positive(Taps taps) {
        return new Taps(taps.kernel(), taps.dilation(), Math.max(0, taps.begin()), Math.max(0, taps.end()));
    }

    private ConvSpec spec(int out, int groups, Taps height, Taps width) {
        return ConvSpec.conv(out, height.kernel(), width.kernel())
                .stride(axes[0].stride(), axes[1].stride())
                .dilation(height.dilation(), width.dilation())
                .paddedAsymmetrically(height.begin(), width.begin(), height.end(), width.end())
                .groups(groups);
    }
}
