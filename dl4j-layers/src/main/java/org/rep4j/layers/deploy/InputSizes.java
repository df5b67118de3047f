package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Shape;

/**
 * Finds the size of the images that a net reads, where it takes only images of one size. Nets do not keep that size, but the
 * preprocessor between images and vectors keeps the size of what it flattens: the images are those of which the net makes just this.
 * Where several sizes lead to it, as they do through strides, it is the one that can be halved most often.
 */
public final class InputSizes {
    private static final int LARGEST = 2048;

    private final ComputationGraphConfiguration configuration;
    private final List<String> inputs;
    private final Map<String, Shape> shapes = new HashMap<>();

    private InputSizes(ComputationGraphConfiguration configuration) {
        this.configuration = configuration.clone(); // types of activations are not only told, but also set
        this.inputs = configuration.getNetworkInputs();
        InputShapes known = new InputShapes(configuration);
        inputs.forEach(name -> known.of(name).ifPresent(shape -> shapes.put(name, Shape.of(shape))));
    }

    /**
     * Shapes for the inputs of a net, by name, with an open batch; empty if the net takes images of any size, or reads none.
     *
     * @param net not changed
     */
    public static Map<String, Shape> of(ComputationGraph net) {
        return new InputSizes(net.getConfiguration()).find();
    }

    private record Demand(String reader, CnnToFeedForwardPreProcessor flattened) {}

    private Map<String, Shape> find() {
        List<Demand> demands = demands();
        boolean canBeTyped = inputs.stream().allMatch(name -> shapes.containsKey(name) && isTyped(name));
        if (demands.isEmpty() || !canBeTyped) {
            return Map.of();
        }
        List<Long> heights = new ArrayList<>();
        List<Long> widths = new ArrayList<>();
        for (long size = 1; size <= LARGEST; size++) {
            Map<String, InputType> types = types(size, size);
            boolean fitsHeight = demands.stream().allMatch(d -> fits(d, types, true));
            boolean fitsWidth = demands.stream().allMatch(d -> fits(d, types, false));
            if (fitsHeight) {
                heights.add(size);
            }
            if (fitsWidth) {
                widths.add(size);
            }
            if (!fitsHeight && !fitsWidth && !heights.isEmpty() && !widths.isEmpty()) {
                break; // what is larger does not become smaller
            }
        }
        OptionalLong height = roundest(heights);
        OptionalLong width = roundest(widths);
        return height.isPresent() && width.isPresent() ? shapes(height.getAsLong(), width.getAsLong()) : Map.of();
    }

    private List<Demand> demands() {
        List<Demand> demands = new ArrayList<>();
        configuration.getVertices().forEach((name, vertex) -> {
            if (preprocessor(vertex) instanceof CnnToFeedForwardPreProcessor flattened
                    && flattened.getInputHeight() > 0
                    && flattened.getInputWidth() > 0) {
                demands.add(new Demand(name, flattened.clone()));
            }
        });
        return demands;
    }

    private static @Nullable Object preprocessor(GraphVertex vertex) {
        if (vertex instanceof LayerVertex layer) {
            return layer.getPreProcessor();
        }
        return vertex instanceof PreprocessorVertex own ? own.getPreProcessor() : null;
    }

    private boolean isTyped(String input) {
        Shape shape = shapes.get(input);
        return shape != null && (isImage(shape) || shape.rank() == 2 && shape.dim(1) > 0);
    }

    private static boolean isImage(Shape shape) {
        return shape.rank() == 4 && (shape.dim(1) > 0 || shape.dim(3) > 0);
    }

    private static Layout layout(Shape image) {
        return image.dim(1) > 0 ? Layout.CHANNELS_FIRST : Layout.CHANNELS_LAST;
    }

    /** The types of what the vertices put out; empty if some of them do not take images of this size. */
    private Map<String, InputType> types(long height, long width) {
        InputType[] types = inputs.stream()
                .map(name -> type(shapes.getOrDefault(name, Shape.unknown()), height, width))
                .toArray(InputType[]::new);
        try {
            return configuration.getLayerActivationTypes(true, false, types);
        } catch (RuntimeException e) { // Deeplearning4j has no common exception of its own
            return Map.of();
        }
    }

    private static InputType type(Shape shape, long height, long width) {
        if (shape.rank() == 2) {
            return InputType.feedForward(shape.dim(1));
        }
        Layout layout = layout(shape);
        return InputType.convolutional(
                height,
                width,
                shape.dim(layout.channelAxis()),
                layout == Layout.CHANNELS_FIRST ? CNN2DFormat.NCHW : CNN2DFormat.NHWC);
    }

    private boolean fits(Demand demand, Map<String, InputType> types, boolean height) {
        List<String> read = configuration.getVertexInputs().get(demand.reader());
        if (read == null || !(types.get(read.get(0)) instanceof InputTypeConvolutional image)) {
            return false;
        }
        return height
                ? image.getHeight() == demand.flattened().getInputHeight()
                : image.getWidth() == demand.flattened().getInputWidth();
    }

    private static OptionalLong roundest(List<Long> sizes) {
        return sizes.stream()
                .mapToLong(Long::longValue)
                .reduce((a, b) -> Long.numberOfTrailingZeros(b) > Long.numberOfTrailingZeros(a) ? b : a);
    }

    private Map<String, Shape> shapes(long height, long width) {
        Map<String, Shape> sized = new HashMap<>();
        shapes.forEach((name, shape) -> {
            if (isImage(shape)) {
                sized.put(name, layout(shape).withSpatialSizes(shape, new long[] {height, width}));
            }
        });
        return sized;
    }
}
