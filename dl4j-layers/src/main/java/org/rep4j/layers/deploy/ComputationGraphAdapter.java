package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
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
 * RepPass's adapter for Deeplearning4j's computation graphs. Blocks of {@code org.rep4j.layers}, convolutions, depthwise convolutions,
 * batch normalizations and additions are lifted; all other vertices ride along.
 */
public final class ComputationGraphAdapter implements GraphAdapter<ComputationGraph> {
    @Override
    public LiftedGraph<ComputationGraph> lift(ComputationGraph net) {
        ConvGraph graph = new Lifting(net).lift();
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
        private final Lift lift;

        Lifting(ComputationGraph net) {
            this.net = net;
            this.lift = new Lift(net);
        }

        ConvGraph lift() {
            InputShapes shapes = new InputShapes(net.getConfiguration());
            for (String input : net.getConfiguration().getNetworkInputs()) {
                lift.input(input, shapes.of(input).map(Shape::of).orElseGet(Shape::unknown));
            }
            Set<String> inputs = new LinkedHashSet<>(net.getConfiguration().getNetworkInputs());
            for (String name : net.getConfiguration().getTopologicalOrderStr()) {
                if (!inputs.contains(name)) {
                    vertex(name);
                }
            }
            net.getConfiguration().getNetworkOutputs().forEach(lift::output);
            return lift.build();
        }

        private void vertex(String name) {
            GraphVertex vertex =
                    Objects.requireNonNull(net.getConfiguration().getVertices().get(name));
            List<Value> inputs = values(Objects.requireNonNull(
                    net.getConfiguration().getVertexInputs().get(name)));
            if (vertex instanceof LayerVertex layer
                    && !net.getConfiguration().getNetworkOutputs().contains(name)) {
                layer(name, layer, inputs.get(0));
            } else if (vertex instanceof ElementWiseVertex sum && sum.getOp() == ElementWiseVertex.Op.Add) {
                NodeInfo info = new NodeInfo(name, "ElementWise Add", new NativePart.Vertex(name));
                lift.node(Sum.of(info, inputs, lift.like(name, inputs.get(0))));
            } else {
                Object described = vertex instanceof LayerVertex layer
                        ? layer.getLayerConf().getLayer()
                        : vertex;
                opaque(name, described.getClass().getSimpleName(), inputs);
            }
        }

        private List<Value> values(Collection<String> names) {
            return names.stream().map(lift::value).toList();
        }

        /** A vertex that is not looked into; what it has learned counts as read by it. */
        private void opaque(String name, String op, List<Value> inputs, String... reason) {
            List<Value> read = new ArrayList<>(inputs);
            if (net.getLayer(name) != null) {
                net.getLayer(name).paramTable().forEach((parameter, array) -> {
                    if (!STATISTICS.contains(parameter)) {
                        read.add(Value.constant(name + "/" + parameter, new NdArrayData(array)));
                    }
                });
            }
            lift.opaque(name, op, new NativePart.Vertex(name), read, lift.any(name), reason);
        }

        private void layer(String name, LayerVertex vertex, Value input) {
            Layer layer = vertex.getLayerConf().getLayer();
            Map<String, INDArray> parameters = new HashMap<>(net.getLayer(name).paramTable());
            if (layer instanceof RepBlock block) {
                Value image = preprocessed(name, vertex, input);
                new BlockReader(lift, name, block.getCnn2dDataFormat(), parameters).read(block, image);
                return;
            }
            Optional<String> obstacle = StockReader.obstacle(layer);
            if (StockReader.knows(layer) && obstacle.isEmpty()) {
                new StockReader(lift, name, parameters).read(layer, preprocessed(name, vertex, input));
            } else {
                opaque(
                        name,
                        layer.getClass().getSimpleName(),
                        List.of(input),
                        obstacle.stream().toArray(String[]::new));
            }
        }

        /** What a layer's preprocessor makes of its input: an op by itself, since the layer may become another. */
        private Value preprocessed(String name, LayerVertex vertex, Value input) {
            if (vertex.getPreProcessor() == null) {
                return input;
            }
            Value output = lift.shaped(name + "/preprocessed", preprocessed(vertex.getPreProcessor()));
            lift.opaque(
                    name + "/preprocessor",
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
