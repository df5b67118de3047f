package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.GraphAdapter;
import org.rep4j.graph.LiftedGraph;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;
import org.rep4j.layers.RepBlock;
import org.rep4j.samediff.NdArrayData;

/**
 * RepPass's adapter for Deeplearning4j's computation graphs. Lifted are the blocks of {@code org.rep4j.layers}; convolutions, also depthwise,
 * separable and transposed ones; dense layers; batch normalizations; zero padding; additions and subtractions; and scales and shifts by one number. Frozen
 * ones are lifted as what they are when not frozen. All other vertices ride along.
 */
public final class ComputationGraphAdapter implements GraphAdapter<ComputationGraph> {
    private final List<InputType> inputTypes;
    private final List<String> outputs;

    /** Keeps all outputs, and takes the sizes of images for unknown. */
    public ComputationGraphAdapter() {
        this(List.of(), List.of());
    }

    private ComputationGraphAdapter(List<InputType> inputTypes, List<String> outputs) {
        this.inputTypes = List.copyOf(inputTypes);
        this.outputs = List.copyOf(outputs);
    }

    /**
     * The adapter for nets that will only see images of these sizes: padding that follows from the size ({@code ConvolutionMode.Same}) becomes known,
     * and with it where the taps of strided branches lie.
     *
     * @param types in the order of the net's inputs
     */
    public ComputationGraphAdapter withInputTypes(InputType... types) {
        return new ComputationGraphAdapter(List.of(types), outputs);
    }

    /** The adapter that keeps only these outputs of a net, and what they need: heads that were there for training go. */
    public ComputationGraphAdapter withOutputs(String... names) {
        return new ComputationGraphAdapter(inputTypes, List.of(names));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if there are not as many types as inputs, or no such outputs
     */
    @Override
    public LiftedGraph<ComputationGraph> lift(ComputationGraph net) {
        List<String> all = net.getConfiguration().getNetworkOutputs();
        if (!all.containsAll(outputs)) {
            throw new IllegalArgumentException("the outputs of the net are " + all + ", not " + outputs);
        }
        ConvGraph graph = new Lifting(net, inputTypes, outputs.isEmpty() ? all : outputs).lift();
        return new LiftedGraph<>() {
            @Override
            public ConvGraph graph() {
                return graph;
            }

            @Override
            public ComputationGraph lower(ConvGraph rewritten) {
                return new NetWriter(net, rewritten).write();
            }
        };
    }

    /** One lift. */
    private static final class Lifting {
        /** What batch normalizations keep count of, and do not learn. */
        private static final Set<String> STATISTICS = Set.of(
                BatchNormalizationParamInitializer.GLOBAL_MEAN,
                BatchNormalizationParamInitializer.GLOBAL_VAR,
                BatchNormalizationParamInitializer.GLOBAL_LOG_STD);

        private final ComputationGraph net;
        private final ComputationGraphConfiguration configuration;
        private final List<String> outputs;
        private final ImageSizes sizes;
        private final Lift lift;

        Lifting(ComputationGraph net, List<InputType> inputTypes, List<String> outputs) {
            this.net = net;
            this.configuration = net.getConfiguration();
            this.outputs = outputs;
            this.sizes = new ImageSizes(configuration, inputTypes);
            this.lift = new Lift(net, sizes);
        }

        ConvGraph lift() {
            InputShapes shapes = new InputShapes(configuration);
            for (String input : configuration.getNetworkInputs()) {
                Shape told = shapes.of(input).map(Shape::of).orElseGet(Shape::unknown);
                lift.input(input, sizes.type(input).map(Lift::shape).orElse(told));
            }
            Set<String> needed = new LinkedHashSet<>();
            outputs.forEach(name -> addNeeded(name, needed));
            for (String name : configuration.getTopologicalOrderStr()) {
                if (needed.contains(name) && !configuration.getNetworkInputs().contains(name)) {
                    vertex(name);
                }
            }
            outputs.forEach(lift::output);
            return lift.build();
        }

        private void addNeeded(String name, Set<String> needed) {
            if (needed.add(name) && !configuration.getNetworkInputs().contains(name)) {
                inputsOf(name).forEach(input -> addNeeded(input, needed));
            }
        }

        private List<String> inputsOf(String vertex) {
            return Objects.requireNonNull(configuration.getVertexInputs().get(vertex), vertex);
        }

        private void vertex(String name) {
            GraphVertex vertex = FrozenLayers.inner(
                    Objects.requireNonNull(configuration.getVertices().get(name)));
            List<Value> inputs = inputsOf(name).stream().map(lift::value).toList();
            String op = op(vertex);
            NodeInfo info = new NodeInfo(name, op, new NativePart.Vertex(name));
            if (vertex instanceof LayerVertex layer) {
                layer(name, layer, inputs.get(0));
            } else if (vertex instanceof ElementWiseVertex elements && isSum(elements)) {
                lift.node(new Sum(info, terms(elements, inputs), lift.like(name, inputs.get(0))));
            } else if (vertex instanceof ScaleVertex scale) {
                ChannelConstant factor = ChannelConstant.scalar(scale.getScaleFactor());
                lift.node(new ChannelScale(info, inputs.get(0), lift.like(name, inputs.get(0)), factor));
            } else if (vertex instanceof ShiftVertex shift) {
                ChannelConstant summand = ChannelConstant.scalar(shift.getShiftFactor());
                lift.node(new ChannelShift(info, inputs.get(0), lift.like(name, inputs.get(0)), summand));
            } else {
                opaque(name, op, inputs);
            }
        }

        private static String op(GraphVertex vertex) {
            Object described = vertex instanceof LayerVertex layer
                    ? FrozenLayers.inner(layer.getLayerConf().getLayer())
                    : vertex;
            return described.getClass().getSimpleName();
        }

        private static boolean isSum(ElementWiseVertex vertex) {
            return vertex.getOp() == ElementWiseVertex.Op.Add || vertex.getOp() == ElementWiseVertex.Op.Subtract;
        }

        private static List<Sum.Term> terms(ElementWiseVertex vertex, List<Value> inputs) {
            boolean subtracts = vertex.getOp() == ElementWiseVertex.Op.Subtract;
            return IntStream.range(0, inputs.size())
                    .mapToObj(i -> new Sum.Term(inputs.get(i), subtracts && i > 0))
                    .toList();
        }

        /** A vertex that is not looked into; what it has learned counts as read by it. */
        private void opaque(String name, String op, List<Value> inputs, String... reason) {
            List<Value> read = new ArrayList<>(inputs);
            String prefix = lift.prefix(name);
            if (net.getLayer(name) != null) {
                net.getLayer(name).paramTable().forEach((parameter, array) -> {
                    if (!STATISTICS.contains(parameter)) {
                        read.add(Value.constant(prefix + parameter, new NdArrayData(array)));
                    }
                });
            }
            lift.opaque(name, op, new NativePart.Vertex(name), read, lift.any(name), reason);
        }

        private void layer(String name, LayerVertex vertex, Value input) {
            Layer layer = FrozenLayers.inner(vertex.getLayerConf().getLayer());
            Map<String, INDArray> parameters = new HashMap<>(net.getLayer(name).paramTable());
            long[] image = sizes.of(inputsOf(name).get(0));
            if (layer instanceof RepBlock block) {
                String prefix = lift.prefix(name);
                new BlockReader(lift, name, prefix, block.getCnn2dDataFormat(), parameters, image)
                        .read(block, preprocessed(name, prefix, vertex, input));
                return;
            }
            Optional<String> obstacle = StockReader.obstacle(layer);
            if (StockReader.knows(layer) && obstacle.isEmpty()) {
                String prefix = lift.prefix(name);
                new StockReader(lift, name, prefix, parameters, image)
                        .read(layer, preprocessed(name, prefix, vertex, input));
            } else {
                opaque(name, op(vertex), List.of(input), obstacle.stream().toArray(String[]::new));
            }
        }

        /** What a layer's preprocessor makes of its input: an op by itself, since the layer may become another. */
        private Value preprocessed(String name, String prefix, LayerVertex vertex, Value input) {
            if (vertex.getPreProcessor() == null) {
                return input;
            }
            Value output = lift.shaped(prefix + "preprocessed", preprocessed(vertex.getPreProcessor()));
            lift.opaque(
                    prefix + "preprocessor",
                    vertex.getPreProcessor().getClass().getSimpleName(),
                    new NativePart.Preprocessor(name),
                    List.of(input),
                    output);
            return output;
        }

        private static Shape preprocessed(InputPreProcessor preprocessor) {
            return preprocessor instanceof FeedForwardToCnnPreProcessor images
                    ? Shape.of(-1, images.getNumChannels(), images.getInputHeight(), images.getInputWidth())
                    : Shape.unknown();
        }
    }
}
