package org.rep4j.rewrite;

import static org.rep4j.testing.ConvSpec.conv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;

/**
 * Sums at random whose branches are chains: convolutions, pools, crops, paddings with and without the bias of what is before
 * them, affine ops that may stretch a channel; signed, nested, of operands that broadcast or occur twice. Either layout, sizes
 * down to a single element, known or not; or linear layers of any rank.
 */
final class RandomBranches {
    /** What {@link org.rep4j.testing.RuleAssert} feeds where the size is not known. */
    private static final int FED = 6;

    private final Random random;
    private final GraphFixtures g;
    private final boolean channelsLast;
    private final boolean linear;
    private final boolean sizesAreKnown;
    /** The sizes that a value has when the graph is run: batch, channels, then the rest. */
    private final Map<String, int[]> dims = new HashMap<>();

    private final List<Value> values = new ArrayList<>();
    private int named;

    private RandomBranches(long seed, GraphFixtures g) {
        this.random = new Random(seed);
        this.g = g;
        linear = random.nextInt(6) == 0;
        channelsLast = linear || random.nextInt(3) == 0;
        sizesAreKnown = linear || random.nextInt(3) > 0;
    }

    /** A graph of {@code blocks} sums and what is around them. */
    static ConvGraph graph(long seed, int blocks) {
        return GraphFixtures.graph(seed, g -> new RandomBranches(seed, g).build(blocks));
    }

    private void build(int blocks) {
        int channels = random.nextInt(5) == 0 ? 1 : 4;
        int[] input = {2, channels, sizesAreKnown ? size() : FED, sizesAreKnown ? size() : FED};
        input = linear ? Arrays.copyOf(input, 2 + random.nextInt(2)) : input;
        values.add(known(g.input("x", declared(input)), input));
        for (int i = 0; i < blocks; i++) {
            Value y = block(pick());
            values.add(random.nextInt(3) == 0 ? known(g.relu(name("act"), y), dims(y)) : affine(y));
        }
        values.stream().skip(1).filter(v -> random.nextInt(4) == 0).forEach(g::output);
        g.output(g.identity(name("out"), values.get(values.size() - 1)));
    }

    private int size() {
        return random.nextInt(4) == 0 ? 1 : 2 + random.nextInt(5);
    }

    /** A name, now and then one that rules make up. */
    private String name(String kind) {
        String name = random.nextInt(12) == 0 ? "x_identity" : random.nextInt(12) == 0 ? "x_affine" : kind + named++;
        return dims.containsKey(name) ? kind + named++ : name;
    }

    /** Notes the sizes of {@code value}. */
    private Value known(Value value, int... sizes) {
        dims.put(value.name(), sizes);
        return value;
    }

    private int[] dims(Value value) {
        return Objects.requireNonNull(dims.get(value.name()), value.name());
    }

    /** In the order of the layout, unknown where the graph is not to know. */
    private long[] declared(int... sizes) {
        List<Long> declared = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            declared.add(i < 2 || sizesAreKnown ? sizes[i] : Shape.UNKNOWN_DIM);
        }
        if (channelsLast) {
            declared.add(declared.remove(1));
        }
        return declared.stream().mapToLong(Long::longValue).toArray();
    }

    private Value pick() {
        return values.get(values.size() - 1 - random.nextInt(Math.min(values.size(), 3)));
    }

    /** A sum of chains; its inner sums are outputs or read again now and then. */
    private Value block(Value x) {
        int out = random.nextInt(3) == 0 ? 1 + random.nextInt(2) * 5 : dims(x)[1];
        Value first = chain(x, out, null);
        int[] target = dims(first);
        List<Term> open = new ArrayList<>(List.of(term(first)));
        int branches = 1 + random.nextInt(4);
        for (int i = 0; i < branches; i++) {
            boolean same = Arrays.equals(dims(x), target) && random.nextInt(3) == 0;
            Value source = random.nextInt(6) == 0 ? values.get(random.nextInt(values.size())) : x;
            Value branch = same ? x : chain(source, out, target);
            open.add(term(branch));
            if (random.nextInt(10) == 0) {
                open.add(term(branch));
            }
            if (random.nextInt(10) == 0) {
                values.add(branch);
            }
        }
        if (random.nextInt(4) == 0) {
            open.add(random.nextInt(open.size() + 1), term(broadcasting(x, target)));
        }
        return tree(open, target);
    }

    private Value tree(List<Term> open, int[] target) {
        List<Term> left = new ArrayList<>(open);
        while (left.size() > 1) {
            List<Term> operands = new ArrayList<>();
            for (int i = Math.min(left.size(), 2 + random.nextInt(2)); i > 0; i--) {
                operands.add(left.remove(random.nextInt(left.size())));
            }
            int[] sizes = new int[target.length];
            operands.forEach(t -> Arrays.setAll(sizes, i -> Math.max(sizes[i], dims(t.value())[i])));
            Value sum = known(g.value(name("sum"), Shape.of(declared(sizes))), sizes);
            g.node(new Sum(GraphFixtures.info(sum.name(), "Add"), operands, sum));
            if (random.nextInt(8) == 0 && Arrays.equals(sizes, target)) {
                values.add(sum);
            }
            left.add(term(random.nextInt(5) == 0 ? affine(sum) : sum));
        }
        return left.get(0).value();
    }

    private Term term(Value value) {
        return new Term(value, random.nextInt(4) == 0);
    }

    /** One channel or one position, to be added to all of them. */
    private Value broadcasting(Value x, int[] target) {
        int[] one = target.clone();
        if (random.nextBoolean() || linear) {
            one[1] = 1;
            return chain(x, 1, one);
        }
        Arrays.fill(one, 2, one.length, 1);
        return chain(x, target[1], one);
    }

    /** Linear ops from {@code x} to a value of the given sizes, or of any if null. */
    private Value chain(Value x, int out, int @Nullable [] target) {
        Value y = x;
        int ops = random.nextInt(4);
        for (int i = 0; i < ops; i++) {
            y = step(y);
        }
        boolean fits = target == null ? dims(y)[1] == out : Arrays.equals(dims(y), target);
        return fits ? y : linear ? dense(y, out) : fitted(y, out, target);
    }

    private Value step(Value x) {
        return switch (random.nextInt(linear ? 3 : 7)) {
            case 0 -> affine(x);
            case 1 -> dims(x)[1] == 1 && !linear ? stretched(x) : affine(x);
            case 2 ->
                linear ? dense(x, 2 + random.nextInt(4)) : padded(x, random.nextInt(3) - 1, random.nextInt(3) - 1);
            case 3 -> pool(x);
            case 4 -> g(x, conv(1 + random.nextInt(6), 1, 1), 1, 0, 0);
            default -> convolution(x, 1 + random.nextInt(6));
        };
    }

    private Value dense(Value x, int out) {
        int[] sizes = dims(x).clone();
        sizes[1] = out;
        return known(g.linear(name("linear"), x, out), sizes);
    }

    /** Ends with a convolution, or a crop or padding if even that does not fit. */
    private Value fitted(Value x, int out, int @Nullable [] target) {
        int stride = random.nextInt(4) == 0 ? 2 : 1;
        Value y = dims(x)[1] == out && random.nextInt(3) == 0 ? x : g(x, conv(out, 1, 1), stride, 0, 0);
        if (target == null || Arrays.equals(dims(y), target)) {
            return y;
        }
        int height = target[2] - dims(y)[2];
        int width = target[3] - dims(y)[3];
        return random.nextInt(3) > 0 && height >= 0 && width >= 0 && stride == 1 && y != x
                ? g(x, conv(out, 1, 1), 1, height, width)
                : padded(y, height, width);
    }

    private Value convolution(Value x, int out) {
        int[] in = dims(x);
        int height = Math.min(in[2], 1 + random.nextInt(3));
        int width = Math.min(in[3], 1 + random.nextInt(3));
        int common = in[1] % 2 == 0 && out % 2 == 0 ? 1 + random.nextInt(2) : 1;
        int groups = out == in[1] && random.nextInt(3) == 0 ? in[1] : common;
        ConvSpec spec = conv(out, height, width).groups(groups);
        int stride = random.nextInt(6) == 0 ? 2 : 1;
        return random.nextInt(3) == 0 ? g(x, spec, stride, 0, 0) : g(x, spec, stride, height - 1, width - 1);
    }

    /** A convolution that pads so many rows and columns altogether. */
    private Value g(Value x, ConvSpec spec, int stride, int rows, int columns) {
        int top = random.nextInt(3) == 0 ? random.nextInt(rows + 1) : rows / 2;
        int left = random.nextInt(3) == 0 ? random.nextInt(columns + 1) : columns / 2;
        ConvSpec full = spec.stride(stride, stride).paddedAsymmetrically(top, left, rows - top, columns - left);
        full = random.nextInt(3) == 0 ? full.noBias() : full;
        full = channelsLast ? full.nhwc() : full;
        ConvGeometry geometry = full.geometry();
        long[] spatial = geometry.outputSizes(new long[] {dims(x)[2], dims(x)[3]});
        int[] sizes = {dims(x)[0], full.outChannels(), (int) spatial[0], (int) spatial[1]};
        return known(g.conv(name("conv"), x, full), sizes);
    }

    private Value pool(Value x) {
        int[] in = dims(x);
        int height = Math.min(in[2], 1 + random.nextInt(3));
        int width = Math.min(in[3], 1 + random.nextInt(3));
        boolean keeps = random.nextBoolean();
        int top = keeps ? (height - 1) / 2 : 0;
        int left = keeps ? (width - 1) / 2 : 0;
        ConvGeometry geometry = ConvGeometry.of(
                new ConvAxis(height, 1, 1, top, keeps ? height - 1 - top : 0),
                new ConvAxis(width, 1, 1, left, keeps ? width - 1 - left : 0));
        long[] spatial = geometry.outputSizes(new long[] {in[2], in[3]});
        int[] sizes = {in[0], in[1], (int) spatial[0], (int) spatial[1]};
        Value y = known(g.value(name("pool"), Shape.of(declared(sizes))), sizes);
        Layout layout = channelsLast ? Layout.CHANNELS_LAST : Layout.CHANNELS_FIRST;
        g.node(new AveragePool(
                GraphFixtures.info(y.name(), "AveragePool"), x, y, geometry, random.nextInt(3) > 0, layout));
        return y;
    }

    /** So many more rows and columns, filled with zeros, a constant, or what the op before makes of zeros; crops if negative. */
    private Value padded(Value x, int rows, int columns) {
        int[] in = dims(x);
        int moreRows = Math.max(rows, 1 - in[2]);
        int moreColumns = Math.max(columns, 1 - in[3]);
        int top = random.nextInt(Math.abs(moreRows) + 1) * Integer.signum(moreRows);
        int left = random.nextInt(Math.abs(moreColumns) + 1) * Integer.signum(moreColumns);
        int[] sizes = {in[0], in[1], in[2] + moreRows, in[3] + moreColumns};
        Integer[] amounts = channelsLast
                ? new Integer[] {0, top, left, 0, 0, moreRows - top, moreColumns - left, 0}
                : new Integer[] {0, 0, top, left, 0, 0, moreRows - top, moreColumns - left};
        String name = name("pad");
        ChannelConstant ofZero = g.ofZero(x, channelsLast ? -1 : 1);
        Value y = switch (random.nextInt(4)) {
            case 0, 1 -> g.pad(name, x, ofZero, amounts);
            case 2 -> g.pad(name, x, 0, amounts);
            default -> g.pad(name, x, new ChannelConstant(new double[] {0.5}, 0, 0), amounts);
        };
        return known(y, sizes);
    }

    private Value affine(Value x) {
        int channels = dims(x)[1];
        String name = name("affine");
        long[] perChannel = channelsLast ? new long[] {channels} : new long[] {channels, 1, 1};
        int axis = channelsLast ? dims(x).length - 1 : 1;
        Value y = switch (random.nextInt(7)) {
            case 0 -> g.scale(name, x, perChannel);
            case 1 -> g.shift(name, x, perChannel);
            case 2 -> g.scale(name, x);
            case 3 -> g.shift(name, x);
            case 4 -> linear || !sizesAreKnown ? g.batchNorm(name, x, axis) : g.batchNorm(name, x, 2);
            default -> g.batchNorm(name, x, random.nextBoolean() ? axis : axis - dims(x).length);
        };
        return known(y, dims(x));
    }

    /** One channel times many constants. */
    private Value stretched(Value x) {
        int[] sizes = dims(x).clone();
        sizes[1] = 4;
        Value y = known(g.value(name("stretched"), Shape.of(declared(sizes))), sizes);
        return g.scale(y, x, channelsLast ? g.constant(4) : g.constant(4, 1, 1));
    }
}
