package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;

/** The shapes of values within vertices, which no run of a net shows: they follow from those of the vertices around them. */
final class InnerShapes {
    private final Map<String, Shape> shapes;

    private InnerShapes(Map<String, Shape> shapes) {
        this.shapes = shapes;
    }

    /**
     * The shapes of a lifted net's values, as far as they follow.
     *
     * @param vertices what a run showed, by name, those of the inputs included
     */
    static Map<String, Shape> of(ConvGraph graph, Map<String, Shape> vertices) {
        InnerShapes inner = new InnerShapes(new HashMap<>(vertices));
        List<Node> forwards = new ArrayList<>(graph.topologicalOrder());
        List<Node> backwards = new ArrayList<>(forwards);
        Collections.reverse(backwards);
        forwards.forEach(inner::outputs);
        backwards.forEach(inner::inputs);
        forwards.forEach(inner::outputs);
        return inner.shapes;
    }

    private void outputs(Node node) {
        Value input = node.inputs().get(0);
        Shape from = shapes.get(input.name());
        if (from != null) {
            node.outputs().forEach(output -> outputShape(node, output, from).ifPresent(s -> remember(output, s)));
        }
    }

    /** What a node makes of a value of shape {@code from}. */
    private static Optional<Shape> outputShape(Node node, Value output, Shape from) {
        if (node instanceof Convolution convolution) {
            long channels = convolution.kernel().shape().outChannels();
            return Optional.of(convolution.layout().outputShape(from, convolution.geometry(), channels));
        }
        if (node instanceof AveragePool pool) {
            return Optional.of(pool.layout()
                    .outputShape(from, pool.geometry(), from.dim(pool.layout().channelAxis())));
        }
        if (node instanceof Pad pad) {
            Shape shape = from;
            for (int axis = 0; axis < from.rank(); axis++) {
                shape = shape.withDim(
                        axis, from.dim(axis) + pad.begin().get(axis) + pad.end().get(axis));
            }
            return Optional.of(shape);
        }
        if (!keepsSizes(node) && output.shape().rank() > 0) { // an image that a preprocessor makes of a vector
            return Optional.of(output.shape().withDim(0, from.dim(0)));
        }
        return keepsSizes(node) ? Optional.of(filled(output.shape(), from)) : Optional.empty();
    }

    private void inputs(Node node) {
        Shape from = shapes.get(node.outputs().get(0).name());
        if (from != null && keepsSizes(node)) {
            node.inputs().forEach(input -> remember(input, filled(input.shape(), from)));
        }
    }

    private static boolean keepsSizes(Node node) {
        if (node instanceof Opaque) {
            Object part = node.info().handle().orElse(null);
            return part instanceof NativePart.Activation || part instanceof NativePart.Excitation;
        }
        return node instanceof AffineNode || node instanceof Sum || node instanceof Identity;
    }

    /** The sizes that are known of a value, and the others from its neighbour. */
    private static Shape filled(Shape own, Shape neighbour) {
        Shape shape = neighbour;
        for (int axis = 0; own.rank() == neighbour.rank() && axis < own.rank(); axis++) {
            shape = own.dim(axis) < 0 ? shape : shape.withDim(axis, own.dim(axis));
        }
        return shape;
    }

    private void remember(Value value, Shape shape) {
        if (shape.isFullyKnown()) {
            shapes.putIfAbsent(value.name(), shape);
        }
    }
}
