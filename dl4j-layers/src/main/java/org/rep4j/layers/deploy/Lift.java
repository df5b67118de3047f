package org.rep4j.layers.deploy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.samediff.NdArrayData;

/** The graph that a net is lifted into, as it grows. */
final class Lift {
    private final ConvGraph.Builder builder;
    private final ImageSizes sizes;
    private final DataType dataType;
    private final ElementType type;
    private final Map<String, Value> values = new HashMap<>();
    private final NavigableSet<String> vertices;
    private final Set<String> prefixes = new HashSet<>();

    Lift(ComputationGraph net, ImageSizes sizes) {
        this.sizes = sizes;
        this.builder = ConvGraph.builder("net");
        this.dataType = net.getConfiguration().getDataType();
        this.type = NdArrayData.elementType(dataType);
        this.vertices = new TreeSet<>(net.getConfiguration().getVertices().keySet());
        this.vertices.addAll(net.getConfiguration().getNetworkInputs());
    }

    /** Of all numbers of the net. */
    DataType dataType() {
        return dataType;
    }

    void input(String name, Shape shape) {
        builder.input(remember(Value.of(name, shape, type)));
    }

    void output(String vertex) {
        builder.output(value(vertex));
    }

    /** What a vertex or input puts out. */
    Value value(String vertex) {
        return Objects.requireNonNull(values.get(vertex), vertex);
    }

    /** What the names of a vertex's parts begin with, so that no other vertex or part has them: for example {@code stem/}. To be asked for once. */
    String prefix(String vertex) {
        String prefix = vertex;
        while (isTaken(prefix, vertex) || !prefixes.add(prefix)) {
            prefix += "'";
        }
        return prefix + "/";
    }

    private boolean isTaken(String prefix, String vertex) {
        String next = vertices.ceiling(prefix + "/");
        return !prefix.equals(vertex) && vertices.contains(prefix) || next != null && next.startsWith(prefix + "/");
    }

    private Value remember(Value value) {
        values.put(value.name(), value);
        return value;
    }

    /** A new value: images of so many channels; of a known size, if it is what a vertex puts out and that is known. */
    Value image(String name, CNN2DFormat format, long channels) {
        long[] known = sizes.of(name);
        return remember(Value.of(name, shape(format, channels, known[0], known[1]), type));
    }

    /** What images of a type are, in a batch of any size. */
    static Shape shape(InputTypeConvolutional image) {
        return shape(image.getFormat(), image.getChannels(), image.getHeight(), image.getWidth());
    }

    private static Shape shape(CNN2DFormat format, long channels, long height, long width) {
        return format == CNN2DFormat.NHWC
                ? Shape.of(-1, height, width, channels)
                : Shape.of(-1, channels, height, width);
    }

    /** A new value: vectors of so many numbers. */
    Value vector(String name, long width) {
        return remember(Value.of(name, Shape.of(-1, width), type));
    }

    /** A new value of another one's shape. */
    Value like(String name, Value other) {
        return remember(Value.of(name, other.shape(), type));
    }

    /** A new value of which nothing is known. */
    Value any(String name) {
        return shaped(name, Shape.unknown());
    }

    /** A new value of this shape. */
    Value shaped(String name, Shape shape) {
        return remember(Value.of(name, shape, type));
    }

    void node(Node node) {
        builder.node(node);
    }

    /** Adds an op that is not looked into. */
    void opaque(String name, String op, NativePart part, List<Value> inputs, Value output, String... reason) {
        builder.node(new Opaque(
                new NodeInfo(name, op, part),
                inputs,
                List.of(),
                List.of(output),
                reason.length == 0 ? null : reason[0]));
    }

    /** Whether an activation leaves everything as it is. */
    static boolean isIdentity(IActivation activation) {
        return activation instanceof ActivationIdentity;
    }

    /** Adds a batch normalization with these parameters along an axis. */
    void batchNorm(NodeInfo info, Value input, Value output, int axis, double eps, INDArray... parameters) {
        BatchNormStatistics statistics = new BatchNormStatistics(
                NdArrayData.elements(parameters[0]),
                NdArrayData.elements(parameters[1]),
                NdArrayData.elements(parameters[2]),
                NdArrayData.elements(parameters[3]),
                eps);
        node(new BatchNormalization(info, input, output, statistics, axis));
    }

    static Layout layout(CNN2DFormat format) {
        return format == CNN2DFormat.NHWC ? Layout.CHANNELS_LAST : Layout.CHANNELS_FIRST;
    }

    ConvGraph build() {
        return builder.build();
    }
}
