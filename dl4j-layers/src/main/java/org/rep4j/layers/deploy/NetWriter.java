package org.rep4j.layers.deploy;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Identity;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;

/** Writes a computation graph of what a net was rewritten to: vertex by vertex, each with the name of the value that it puts out. */
final class NetWriter {
    private final ComputationGraph source;
    private final ConvGraph graph;
    private final GraphBuilder builder;
    private final KernelWriter kernels;
    private final LayerFactory layers;

    /** Of values, and of vertices that are written besides. */
    private final Set<String> names = new HashSet<>();

    /** Which vertex puts a value out, where it does not have its name. */
    private final Map<String, String> vertices = new HashMap<>();

    /** Parameters by vertex. */
    private final Map<String, Map<String, INDArray>> parameters = new LinkedHashMap<>();

    NetWriter(ComputationGraph source, ConvGraph graph) {
        this.source = source;
        this.graph = graph;
        ComputationGraphConfiguration configuration = source.getConfiguration();
        this.builder = new NeuralNetConfiguration.Builder()
                .dataType(configuration.getDataType())
                .trainingWorkspaceMode(configuration.getTrainingWorkspaceMode())
                .inferenceWorkspaceMode(configuration.getInferenceWorkspaceMode())
                .graphBuilder()
                .addInputs(configuration.getNetworkInputs())
                .setOutputs(graph.outputs().stream().map(Value::name).toArray(String[]::new))
                .allowDisconnected(true)
                .validateOutputLayerConfig(false);
        graph.inputs().forEach(input -> names.add(input.name()));
        graph.nodes().forEach(node -> node.outputs().forEach(output -> names.add(output.name())));
        this.kernels = new KernelWriter(this, configuration.getDataType());
        this.layers = new LayerFactory(this, kernels, configuration.getDataType());
    }

    ComputationGraph write() {
        graph.topologicalOrder().forEach(this::write);
        ComputationGraph net = new ComputationGraph(builder.build());
        net.init();
        parameters.forEach((vertex, arrays) -> {
            Map<String, INDArray> table = net.getLayer(vertex).paramTable();
            arrays.forEach((name, array) ->
                    Objects.requireNonNull(table.get(name), name).assign(array));
        });
        return net;
    }

    private void write(Node node) {
        Object handle = node.info().handle().orElse(null);
        if (handle instanceof NativePart.Vertex kept
                && inputsOfWhole(node, kept.vertex()).isPresent()) {
            copy(kept.vertex(), node, inputsOfWhole(node, kept.vertex()).get());
        } else if (handle instanceof NativePart.DepthwiseHalf half && isWrittenWithOtherHalf(node, half.vertex())) {
            return;
        } else if (node instanceof Opaque opaque) {
            part(opaque, (NativePart) Objects.requireNonNull(handle));
        } else if (node instanceof KernelNode kernel) {
            kernels.write(kernel, target(kernel.output()), activation(kernel.output()));
        } else if (node instanceof AffineNode affine) {
            layers.affine(affine, target(affine.output()));
        } else if (node instanceof AveragePool pool) {
            layers.averagePool(pool);
        } else if (node instanceof Pad pad) {
            layers.pad(pad);
        } else if (node instanceof Sum sum) {
            sum(sum);
        } else if (node instanceof Identity identity) {
            vertices.put(identity.output().name(), vertex(identity.input()));
        } else {
            throw new InvalidGraphException(node.label() + " cannot be written as layers of Deeplearning4j");
        }
    }

    /** What a vertex reads that is still all that it was; empty if a node that was a part of it is gone. */
    private Optional<List<Value>> inputsOfWhole(Node node, String vertex) {
        boolean isHalf = original(vertex) instanceof LayerVertex layer
                && FrozenLayers.inner(layer.getLayerConf().getLayer()) instanceof SeparableConvolution2D;
        if (!isHalf) {
            return Optional.of(node.inputs());
        }
        Value between = node.inputs().get(0);
        return graph.producer(between)
                .filter(half -> half.info().handle().equals(Optional.of(new NativePart.DepthwiseHalf(vertex))))
                .filter(half -> onlyReader(between).isPresent())
                .map(Node::inputs);
    }

    private boolean isWrittenWithOtherHalf(Node half, String vertex) {
        return onlyReader(half.outputs().get(0))
                .filter(reader -> reader.info().handle().equals(Optional.of(new NativePart.Vertex(vertex))))
                .isPresent();
    }

    /** A vertex as it was, but for what it reads; with its activation, where that was lifted apart from it. */
    private void copy(String vertex, Node node, List<Value> inputs) {
        GraphVertex before = original(vertex);
        GraphVertex after = before.clone();
        if (!(node instanceof Opaque) && after instanceof LayerVertex layer) {
            layer.setPreProcessor(null); // an op by itself
        }
        builder.addVertex(vertex, after, vertices(inputs));
        if (before instanceof LayerVertex) {
            parameters.put(vertex, source.getLayer(vertex).paramTable());
        }
        node.outputs().forEach(output -> vertices.put(output.name(), vertex));
    }

    private GraphVertex original(String vertex) {
        return Objects.requireNonNull(source.getConfiguration().getVertices().get(vertex), vertex);
    }

    private void part(Opaque node, NativePart part) {
        Value output = node.outputs().get(0);
        Value input = node.inputs().get(0);
        if (part instanceof NativePart.Preprocessor preprocessor) {
            LayerVertex layer = (LayerVertex) original(preprocessor.vertex());
            builder.addVertex(
                    output.name(),
                    new PreprocessorVertex(layer.getPreProcessor().clone()),
                    vertex(input));
        } else if (part instanceof NativePart.Excitation excitation) {
            layers.excitation(excitation, output.name(), vertex(input));
        } else if (part instanceof NativePart.Activation activation && !isWrittenWithItsInput(node, input)) {
            builder.addLayer(output.name(), new ActivationLayer(activation.function()), vertex(input));
        }
    }

    /** Whether an activation belongs to the layer that makes its input. */
    private boolean isWrittenWithItsInput(Opaque activation, Value input) {
        Node producer = graph.producer(input).orElse(null);
        return producer instanceof KernelNode
                && onlyReader(input).filter(r -> r == activation).isPresent();
    }

    private Optional<Node> onlyReader(Value value) {
        Collection<Node> readers = graph.consumers(value);
        return readers.size() == 1 && !graph.isOutput(value)
                ? Optional.of(readers.iterator().next())
                : Optional.empty();
    }

    private Optional<Opaque> activationOf(Value value) {
        return onlyReader(value)
                .filter(r -> r instanceof Opaque opaque && isWrittenWithItsInput(opaque, value))
                .map(Opaque.class::cast)
                .filter(r -> r.info().handle().orElse(null) instanceof NativePart.Activation);
    }

    /** The activation that a layer which makes this value has. */
    private IActivation activation(Value value) {
        return activationOf(value)
                .map(r -> ((NativePart.Activation) r.info().handle().orElseThrow()).function())
                .orElseGet(ActivationIdentity::new);
    }

    /** The vertex that puts a value out, activated if it has an activation. */
    private String target(Value value) {
        String target = activationOf(value).map(r -> r.outputs().get(0).name()).orElse(value.name());
        vertices.put(value.name(), target);
        return target;
    }

    /** Deeplearning4j adds any number of values, and subtracts one from one. */
    private void sum(Sum sum) {
        String output = sum.output().name();
        List<String> added = terms(sum, false);
        List<String> subtracted = terms(sum, true);
        if (subtracted.isEmpty()) {
            combine(output, ElementWiseVertex.Op.Add, added);
        } else if (added.isEmpty()) {
            String all = combined(beside(output, "sum"), subtracted);
            builder.addVertex(output, new ScaleVertex(-1), all);
        } else {
            String from = combined(beside(output, "added"), added);
            String all = combined(beside(output, "subtracted"), subtracted);
            combine(output, ElementWiseVertex.Op.Subtract, List.of(from, all));
        }
    }

    private List<String> terms(Sum sum, boolean negated) {
        return sum.terms().stream()
                .filter(term -> term.negated() == negated)
                .map(term -> vertex(term.value()))
                .toList();
    }

    /** The sum of some vertices; the one itself if there is one. */
    private String combined(String name, List<String> summands) {
        if (summands.size() == 1) {
            return summands.get(0);
        }
        combine(name, ElementWiseVertex.Op.Add, summands);
        return name;
    }

    private void combine(String name, ElementWiseVertex.Op op, List<String> operands) {
        builder.addVertex(name, new ElementWiseVertex(op), operands.toArray(String[]::new));
    }

    /** Adds a layer and what its parameters are. */
    void layer(String vertex, Layer layer, Map<String, INDArray> arrays, String... inputs) {
        builder.addLayer(vertex, layer, inputs);
        if (!arrays.isEmpty()) {
            parameters.put(vertex, arrays);
        }
    }

    /** Adds a vertex that is no layer. */
    void vertex(String name, GraphVertex vertex, String... inputs) {
        builder.addVertex(name, vertex, inputs);
    }

    /** A name that is still free for a vertex that helps to make what another one puts out. */
    String beside(String vertex, String part) {
        String name = vertex + "/" + part;
        while (!names.add(name)) {
            name += "'";
        }
        return name;
    }

    /** The vertex that puts a value out. */
    String vertex(Value value) {
        return vertices.getOrDefault(value.name(), value.name());
    }

    /** What puts values out; a layer's own parameters are not put out by any vertex. */
    private String[] vertices(List<Value> values) {
        return values.stream()
                .filter(value -> value.constant().isEmpty())
                .map(this::vertex)
                .toArray(String[]::new);
    }
}
