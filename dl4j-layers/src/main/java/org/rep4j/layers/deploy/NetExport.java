package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.layers.deploy.NotExportableException.Obstacle;
import org.rep4j.samediff.ArraysOnce;
import org.rep4j.samediff.OpNames;

/** One export: vertex after vertex, in the order in which the net computes them. */
final class NetExport {
    private final ComputationGraph net;
    private final ComputationGraphConfiguration configuration;
    private final SameDiff graph = ArraysOnce.in(SameDiff.create());
    private final Set<String> names = new HashSet<>();
    private final Map<String, Signal> signals = new HashMap<>();
    private final List<Obstacle> obstacles = new ArrayList<>();

    NetExport(ComputationGraph net) {
        this.net = net;
        this.configuration = net.getConfiguration();
        names.addAll(configuration.getTopologicalOrderStr());
    }

    /**
     * Writes the graph.
     *
     * @param types of the inputs; none where the layers are to tell them
     */
    SameDiff write(List<InputType> types) {
        List<String> inputs = configuration.getNetworkInputs();
        InputShapes shapes = new InputShapes(configuration);
        for (int i = 0; i < inputs.size(); i++) {
            String name = inputs.get(i);
            long[] shape = types.isEmpty()
                    ? shapes.of(name)
                            .orElseThrow(() -> new IllegalArgumentException(
                                    "the layers do not tell the shape of the input " + name + ": give its type"))
                    : types.get(i).getShape(true);
            signals.put(name, new Signal(graph.placeHolder(name, configuration.getDataType(), shape), shape.length));
        }
        for (String name : configuration.getTopologicalOrderStr()) {
            if (!inputs.contains(name)) {
                signals.put(name, vertex(name));
            }
        }
        if (!obstacles.isEmpty()) {
            throw new NotExportableException(obstacles);
        }
        OpNames.untangle(graph);
        return graph;
    }

    private Signal vertex(String name) {
        List<Signal> inputs = Objects.requireNonNull(
                        configuration.getVertexInputs().get(name))
                .stream()
                .map(input -> Objects.requireNonNull(signals.get(input), input))
                .toList();
        try {
            return named(name, written(name, inputs), inputs);
        } catch (InexpressibleException e) {
            obstacles.add(new Obstacle(name, type(name), e.reason()));
            return Signal.ofUnknownRank(inputs.get(0).variable());
        }
    }

    private GraphVertex configured(String name) {
        GraphVertex vertex = Objects.requireNonNull(configuration.getVertices().get(name));
        while (vertex instanceof FrozenVertex frozen) {
            vertex = frozen.getUnderlying();
        }
        return vertex;
    }

    private static Layer layer(LayerVertex vertex) {
        return FrozenLayers.inner(vertex.getLayerConf().getLayer());
    }

    private String type(String name) {
        GraphVertex vertex = configured(name);
        Object described = vertex instanceof LayerVertex layer ? layer(layer) : vertex;
        return described.getClass().getSimpleName();
    }

    private Signal written(String name, List<Signal> inputs) {
        ExportScope scope = new ExportScope(graph, configuration.getDataType(), name, names);
        VertexExport vertices = new VertexExport(scope);
        GraphVertex vertex = configured(name);
        if (!(vertex instanceof LayerVertex layerVertex)) {
            return vertices.write(vertex, inputs);
        }
        Signal input = layerVertex.getPreProcessor() == null
                ? inputs.get(0)
                : vertices.preprocessed(layerVertex.getPreProcessor(), inputs.get(0));
        VertexParameters parameters = new VertexParameters(net.getLayer(name).paramTable());
        return new LayerExport(scope, parameters).write(layer(layerVertex), input);
    }

    /** Gives what a vertex puts out its name; what it only hands on goes through an op, since it has a name. */
    @SuppressWarnings("ReferenceEquality") // the very same variable
    private Signal named(String name, Signal output, List<Signal> inputs) {
        if (graph.hasVariable(name)) { // a value of a formula, which SameDiff has named after its op
            graph.getVariable(name).rename(OpNames.fresh(graph, name + "/value"));
        }
        boolean handedOn = inputs.stream().anyMatch(input -> input.variable() == output.variable());
        SDVariable own = handedOn ? graph.identity(output.variable()) : output.variable();
        return output.like(own.rename(name));
    }
}
