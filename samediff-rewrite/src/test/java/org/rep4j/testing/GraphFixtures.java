package org.rep4j.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Identity;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Shape;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.Sum;
import org.rep4j.graph.TensorData;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;

/**
 * Builds graphs for tests, with random weights and statistics: γ of both signs, σ² between 0.3 and 3. Each op is called by the
 * name that its node and its output get.
 */
public final class GraphFixtures {
    private final Random random;
    private final ConvGraph.Builder builder = ConvGraph.builder("test");
    private final Map<String, Node> writers = new HashMap<>();
    private ElementType type = ElementType.FLOAT64;

    private GraphFixtures(long seed) {
        random = new Random(seed);
    }

    /** The graph that {@code steps} describe. */
    public static ConvGraph graph(long seed, Consumer<GraphFixtures> steps) {
        GraphFixtures fixtures = new GraphFixtures(seed);
        steps.accept(fixtures);
        return fixtures.builder.build();
    }

    /** The number format of what follows. */
    public GraphFixtures type(ElementType elementType) {
        type = elementType;
        return this;
    }

    /** A value to feed, −1 for unknown sizes. */
    public Value input(String name, long... dims) {
        Value value = Value.of(name, Shape.of(dims), type);
        builder.input(value);
        return value;
    }

    /** Asks for a value. */
    public void output(Value... values) {
        Arrays.stream(values).forEach(builder::output);
    }

    /** Any other node. */
    public <N extends Node> N node(N node) {
        builder.node(node);
        node.outputs().forEach(v -> writers.put(v.name(), node));
        return node;
    }

    /** A value of the type of this fixture. */
    public Value value(String name, Shape shape) {
        return Value.of(name, shape, type);
    }

    /** What a node called {@code name} needs. */
    public static NodeInfo info(String name, String op) {
        return new NodeInfo(name, op, "native " + name);
    }

    /** A convolution. */
    public Value conv(String name, Value x, ConvSpec spec) {
        ConvGeometry geometry = spec.geometry();
        long[] sizes = new long[geometry.rank()];
        Arrays.setAll(sizes, i -> x.shape().dim(spec.layout.spatialAxis(i)));
        long[] outSizes = geometry.outputSizes(sizes);
        Shape shape = x.shape().withDim(spec.layout.channelAxis(), spec.outChannels);
        for (int i = 0; i < sizes.length; i++) {
            shape = shape.withDim(spec.layout.spatialAxis(i), outSizes[i]);
        }
        Value y = value(name, shape);
        node(new Convolution(info(name, "Conv"), x, y, kernel(x, spec), geometry, spec.layout));
        return y;
    }

    /** A convolution with the very weights and geometry of another one. */
    public Value convSharing(String other, String name, Value x) {
        Convolution model = (Convolution) Objects.requireNonNull(writers.get(other), other);
        Value y = value(name, model.output().shape());
        node(new Convolution(info(name, "Conv"), x, y, model.kernel(), model.geometry(), model.layout()));
        return y;
    }

    /** A transposed convolution; the shape of its output is left unknown but for the channels. */
    public Value transposedConv(String name, Value x, ConvSpec spec, Integer... outputPadding) {
        Value y = value(name, Shape.ofRank(x.shape().rank()).withDim(spec.layout.channelAxis(), spec.outChannels));
        return transposedConv(y, x, spec, outputPadding);
    }

    /** A transposed convolution that writes a given value. */
    public Value transposedConv(Value y, Value x, ConvSpec spec, Integer... outputPadding) {
        node(new TransposedConvolution(
                info(y.name(), "ConvTranspose"),
                x,
                y,
                kernel(x, spec),
                spec.geometry(),
                List.of(outputPadding),
                spec.layout));
        return y;
    }

    /** A fully connected layer. */
    public Value linear(String name, Value x, int out) {
        return linear(name, x, value(name, x.shape().withDim(-1, out)), out);
    }

    /** A fully connected layer that writes a given value. */
    public Value linear(String name, Value x, Value y, int out) {
        KernelShape shape = new KernelShape(out, Math.toIntExact(x.shape().dim(-1)), 1, List.of());
        node(new Linear(info(name, "Gemm"), x, y, stored(shape, gaussians(shape.weights()), true)));
        return y;
    }

    private StoredKernel kernel(Value x, ConvSpec spec) {
        int in = Math.toIntExact(x.shape().dim(spec.layout.channelAxis()));
        KernelShape shape = new KernelShape(spec.outChannels, in / spec.groups, spec.groups, spec.kernel());
        double[] weights = gaussians(shape.weights());
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= spec.factor;
        }
        if (spec.firstWeight != Double.MIN_VALUE) {
            weights[0] = spec.firstWeight;
        }
        return stored(shape, weights, spec.bias);
    }

    private StoredKernel stored(KernelShape shape, double[] weights, boolean hasBias) {
        List<Long> dims = new ArrayList<>(List.of((long) shape.outChannels(), (long) shape.inChannelsPerGroup()));
        shape.spatial().forEach(k -> dims.add((long) k));
        @Nullable
        TensorData bias = hasBias ? tensor(type, Shape.of(shape.outChannels()), gaussians(shape.outChannels())) : null;
        return new StoredKernel(shape, tensor(type, new Shape(dims), weights), KernelLayout.OIK, bias);
    }

    /** A constant tensor. */
    public static TensorData tensor(ElementType type, Shape shape, double[] elements) {
        return new TensorData() {
            @Override
            public ElementType type() {
                return type;
            }

            @Override
            public Shape shape() {
                return shape;
            }

            @Override
            public double[] read() {
                return elements.clone();
            }
        };
    }

    private double[] gaussians(long count) {
        return random.doubles(count, -1, 1).toArray();
    }

    /** Statistics for {@code channels} channels. */
    public BatchNormStatistics statistics(int channels) {
        double[] gamma = random.doubles(channels, 0.3, 1.7)
                .map(g -> random.nextBoolean() ? g : -g)
                .toArray();
        return new BatchNormStatistics(
                gamma,
                gaussians(channels),
                gaussians(channels),
                random.doubles(channels, 0.3, 3).toArray(),
                1e-3);
    }

    /** BatchNorm over axis 1. */
    public Value batchNorm(String name, Value x) {
        return batchNorm(name, x, 1);
    }

    /** BatchNorm over any axis of known size. */
    public Value batchNorm(String name, Value x, int axis) {
        return batchNorm(name, x, axis, statistics(Math.toIntExact(x.shape().dim(axis))));
    }

    /** BatchNorm with given statistics. */
    public Value batchNorm(String name, Value x, int axis, BatchNormStatistics statistics) {
        Value y = value(name, x.shape());
        node(new BatchNormalization(info(name, "BatchNormalization"), x, y, statistics, axis));
        return y;
    }

    /** Multiplication with a constant of the given shape. */
    public Value scale(String name, Value x, long... constantDims) {
        return scale(name, x, constant(constantDims));
    }

    /** Multiplication with a constant. */
    public Value scale(String name, Value x, ChannelConstant constant) {
        return scale(value(name, x.shape()), x, constant);
    }

    /** Multiplication with a constant that writes a given value. */
    public Value scale(Value y, Value x, ChannelConstant constant) {
        node(new ChannelScale(info(y.name(), "Mul"), x, y, constant));
        return y;
    }

    /** Addition of a constant of the given shape. */
    public Value shift(String name, Value x, long... constantDims) {
        return shift(name, x, constant(constantDims));
    }

    /** Addition of a constant. */
    public Value shift(String name, Value x, ChannelConstant constant) {
        Value y = value(name, x.shape());
        node(new ChannelShift(info(name, "Add"), x, y, constant));
        return y;
    }

    /** A random constant along at most one axis. */
    public ChannelConstant constant(long... dims) {
        double[] values = DoubleStream.of(gaussians(Arrays.stream(dims).reduce(1, (a, b) -> a * b)))
                .map(v -> v + Math.copySign(0.2, v))
                .toArray();
        return ChannelConstant.fromBroadcast(Shape.of(dims), values).orElseThrow();
    }

    /** A sum; its shape is that of the first operand. */
    public Value sum(String name, Value... operands) {
        return sum(value(name, operands[0].shape()), operands);
    }

    /** A sum that writes a given value. */
    public Value sum(Value y, Value... operands) {
        node(Sum.of(info(y.name(), "Add"), List.of(operands), y));
        return y;
    }

    /** A sum with signs; its shape is that of the first operand. */
    public Value sum(String name, Sum.Term... terms) {
        Value y = value(name, terms[0].value().shape());
        node(new Sum(info(name, "Add"), List.of(terms), y));
        return y;
    }

    /** An op that changes nothing. */
    public Value identity(String name, Value x) {
        Value y = value(name, x.shape());
        node(new Identity(info(name, "Identity"), x, y));
        return y;
    }

    /** Padding with a constant: begin of all axes, then end of all axes. */
    public Value pad(String name, Value x, double fill, Integer... beginThenEnd) {
        return pad(name, x, ChannelConstant.scalar(fill), beginThenEnd);
    }

    /** Padding with a constant per channel: begin of all axes, then end of all axes. */
    public Value pad(String name, Value x, ChannelConstant fill, Integer... beginThenEnd) {
        List<Integer> all = List.of(beginThenEnd);
        int rank = all.size() / 2;
        Shape shape = x.shape();
        for (int i = 0; i < rank; i++) {
            long size = shape.dim(i);
            shape = size < 0 ? shape : shape.withDim(i, size + all.get(i) + all.get(i + rank));
        }
        Value y = value(name, shape);
        node(new Pad(info(name, "Pad"), x, y, all.subList(0, rank), all.subList(rank, 2 * rank), fill));
        return y;
    }

    /** Padding with what the convolution, or the BatchNorm behind one, that writes {@code x} makes of zeros. */
    public Value padWithBias(String name, Value x, Integer... beginThenEnd) {
        return pad(name, x, new ChannelConstant(ofZero(x), 1, x.shape().rank()), beginThenEnd);
    }

    /** What the op that writes {@code x} makes of zeros, if it has constants per channel; zero of any other. */
    public ChannelConstant ofZero(Value x, int channelAxis) {
        Node writer = writers.get(x.name());
        double[] made = new double[1];
        if (writer instanceof KernelNode op) {
            made = op.kernel().read().bias().clone();
        } else if (writer instanceof AffineNode op && op.channels() == x.shape().dim(channelAxis)) {
            made = op.affine(op.channels()).shift().clone();
        }
        return new ChannelConstant(made, channelAxis, x.shape().rank());
    }

    private double[] ofZero(Value x) {
        Node writer = Objects.requireNonNull(writers.get(x.name()), x.name());
        if (writer instanceof KernelNode op) {
            return op.kernel().read().bias().clone();
        }
        BatchNormalization norm = (BatchNormalization) writer;
        double[] y = ofZero(norm.input());
        BatchNormStatistics s = norm.statistics();
        for (int c = 0; c < y.length; c++) {
            y[c] = s.gamma()[c] * (y[c] - s.mean()[c]) / Math.sqrt(s.variance()[c] + s.epsilon()) + s.beta()[c];
        }
        return y;
    }

    /** Average pooling with the geometry of {@code spec}. */
    public Value averagePool(String name, Value x, ConvSpec spec, boolean countIncludesPadding) {
        Layout layout = spec.isChannelsLast() ? Layout.CHANNELS_LAST : Layout.CHANNELS_FIRST;
        int axis = layout.channelAxis();
        Value y = value(
                name, Shape.ofRank(x.shape().rank()).withDim(axis, x.shape().dim(axis)));
        node(new AveragePool(info(name, "AveragePool"), x, y, spec.geometry(), countIncludesPadding, layout));
        return y;
    }

    /** Concatenation along axis 1. */
    public Value concat(String name, Value... parts) {
        return concat(name, 1, parts);
    }

    /** Concatenation along any axis. */
    public Value concat(String name, int axis, Value... parts) {
        long size = Arrays.stream(parts).mapToLong(v -> v.shape().dim(axis)).sum();
        Value y = value(name, parts[0].shape().withDim(axis, size));
        node(new Concat(info(name, "Concat"), List.of(parts), y, axis));
        return y;
    }

    /** ReLU, which no rule understands. */
    public Value relu(String name, Value x) {
        return opaque(name, "Relu", x);
    }

    /** An op of one input and one output of the same shape that no rule understands. */
    public Value opaque(String name, String op, Value x) {
        return captures(name, op, x, List.of());
    }

    /** The same with a subgraph that reads {@code captured}. */
    public Value captures(String name, String op, Value x, List<Value> captured) {
        Value y = value(name, x.shape());
        node(new Opaque(info(name, op), List.of(x), captured, List.of(y), null));
        return y;
    }

    /** An op of one input that writes a given value and that no rule understands. */
    public Value opaque(Value y, String op, Value x) {
        node(new Opaque(info(y.name(), op), List.of(x), List.of(), List.of(y), null));
        return y;
    }

    /** The two halves of the channels. */
    public List<Value> split(String name, Value x) {
        Shape half = x.shape().withDim(1, x.shape().dim(1) / 2);
        List<Value> halves = List.of(value(name + "_0", half), value(name + "_1", half));
        node(new Opaque(info(name, "Split"), List.of(x), List.of(), halves, null));
        return halves;
    }
}
