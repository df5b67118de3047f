package org.rep4j.zoo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.rep4j.layers.RepConvolution;

/** A net that is written layer by layer, with the names of its tensors; in deploy form each block is the convolution that it becomes. */
final class NetPlan {
    private static final String INPUT = "input";

    private final GraphBuilder builder;
    private final Form form;
    private final Map<String, TensorNames> names = new LinkedHashMap<>();
    private final List<String> outputs = new ArrayList<>();

    NetPlan(GraphBuilder builder, Form form, InputType input) {
        this.builder = builder.addInputs(INPUT).setInputTypes(input);
        this.form = form;
    }

    /** What the net reads. */
    String input() {
        return INPUT;
    }

    boolean isTrainForm() {
        return form == Form.TRAIN;
    }

    /** Adds a block; returns the name of what it puts out. */
    String block(String vertex, RepConvolution block, BlockNames tensors, String input) {
        if (isTrainForm()) {
            return layer(vertex, block, tensors, input);
        }
        return new PlainForm(this, vertex, block, tensors).add(input);
    }

    /** Adds one of Deeplearning4j's layers, and tells the module whose tensors it has; returns the name of what it puts out. */
    String layer(String vertex, Layer layer, String module, String... inputs) {
        return layer(vertex, layer, new ModuleNames(module), inputs);
    }

    /** Adds a layer; returns the name of what it puts out. */
    String layer(String vertex, Layer layer, TensorNames tensors, String... inputs) {
        names.put(vertex, tensors);
        return plain(vertex, layer, inputs);
    }

    /** Adds a layer that has no tensors; returns the name of what it puts out. */
    String plain(String vertex, Layer layer, String... inputs) {
        builder.addLayer(vertex, layer, inputs);
        return vertex;
    }

    /** Adds a vertex; returns its name. */
    String vertex(String name, GraphVertex vertex, String... inputs) {
        builder.addVertex(name, vertex, inputs);
        return name;
    }

    /** Makes a vertex the first output of the net, which a deployed net has, too. */
    void output(String vertex) {
        outputs.add(0, vertex);
    }

    /** Makes a vertex an output that is there for training only. */
    void outputForTraining(String vertex) {
        outputs.add(vertex);
    }

    ComputationGraphConfiguration configuration() {
        return builder.setOutputs(outputs.toArray(String[]::new)).build();
    }

    /** The tensors of a configuration that this plan has made, in the order of its layers. */
    List<Binding> bindings(ComputationGraphConfiguration configuration) {
        List<Binding> bindings = new ArrayList<>();
        names.forEach((vertex, tensors) -> {
            LayerVertex layer = (LayerVertex)
                    Objects.requireNonNull(configuration.getVertices().get(vertex), vertex);
            bindings.addAll(tensors.of(vertex, layer.getLayerConf().getLayer()));
        });
        return bindings;
    }
}
