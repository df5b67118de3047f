package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.Shape;
import org.rep4j.verify.InputSpec;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorArrays;
import org.rep4j.verify.TensorType;
import org.rep4j.verify.VerificationException;

/**
 * Runs a net in Deeplearning4j, as in inference. What it computes are its vertices, by their names, and what an output layer hands to
 * its activation, by the name that {@link SameDiffExporter} gives it: {@code out/linear}.
 */
public final class NetRunner implements ModelRunner {
    private static final String LINEAR = "/" + LayerExport.LINEAR;

    private final ComputationGraph net;
    private final List<String> values;
    private final List<InputSpec> inputs;

    private NetRunner(ComputationGraph net, List<String> values) {
        this.net = net;
        this.values = List.copyOf(values);
        ComputationGraphConfiguration configuration = net.getConfiguration();
        InputShapes shapes = new InputShapes(configuration);
        this.inputs = configuration.getNetworkInputs().stream()
                .map(name -> InputSpec.of(name, type(name, configuration), shape(shapes, name)))
                .toList();
    }

    /** A runner for a net's outputs. */
    public static NetRunner of(ComputationGraph net) {
        return of(net, net.getConfiguration().getNetworkOutputs());
    }

    /**
     * A runner for some values of a net.
     *
     * @param values names of vertices, or of what output layers hand to their activations. Of values within blocks and layers, named as
     *     {@link ComputationGraphAdapter} names them, only the shapes are told: they are no {@link #outputs}.
     */
    public static NetRunner of(ComputationGraph net, List<String> values) {
        return new NetRunner(net, values);
    }

    private static TensorType type(String name, ComputationGraphConfiguration configuration) {
        return TensorArrays.type(name, configuration.getDataType());
    }

    private static Shape shape(InputShapes shapes, String input) {
        return shapes.of(input).map(Shape::of).orElseGet(Shape::unknown);
    }

    @Override
    public List<InputSpec> inputs() {
        return inputs;
    }

    @Override
    public List<String> outputs() {
        return values.stream()
                .filter(name ->
                        isLinear(name) || net.getConfiguration().getVertices().containsKey(name))
                .toList();
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> feeds) {
        List<String> vertices = new ArrayList<>(outputs());
        List<String> sums = values.stream().filter(this::isLinear).toList();
        vertices.removeAll(sums);
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        if (!vertices.isEmpty()) {
            arrays.putAll(compute(net, vertices, feeds));
        }
        if (!sums.isEmpty()) {
            List<String> layers = sums.stream().map(NetRunner::layer).toList();
            compute(withoutActivations(layers), layers, feeds)
                    .forEach((layer, array) -> arrays.put(layer + LINEAR, array));
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        outputs()
                .forEach(
                        name -> tensors.put(name, TensorArrays.tensor(name, Objects.requireNonNull(arrays.get(name)))));
        return tensors;
    }

    private boolean isLinear(String name) {
        return name.endsWith(LINEAR)
                && isOutputLayer(net.getConfiguration().getVertices().get(layer(name)));
    }

    private static boolean isOutputLayer(@Nullable GraphVertex vertex) {
        return vertex instanceof LayerVertex layer
                && layer.getLayerConf().getLayer().getClass() == OutputLayer.class;
    }

    private static String layer(String sum) {
        return sum.substring(0, sum.length() - LINEAR.length());
    }

    /** A net with the same parameters, the very same array, whose output layers put out their sums. */
    private ComputationGraph withoutActivations(List<String> layers) {
        ComputationGraphConfiguration configuration = net.getConfiguration().clone();
        for (String name : layers) {
            LayerVertex vertex = (LayerVertex)
                    Objects.requireNonNull(configuration.getVertices().get(name));
            ((OutputLayer) vertex.getLayerConf().getLayer()).setActivationFn(new ActivationIdentity());
        }
        ComputationGraph linear = new ComputationGraph(configuration);
        linear.init(net.params(), false);
        return linear;
    }

    private static Map<String, INDArray> compute(
            ComputationGraph net, List<String> vertices, Map<String, Tensor> feeds) {
        try {
            // output(layers, …) throws a NullPointerException where one of them lies before another
            Map<String, INDArray> all = net.feedForward(arrays(net, feeds), false);
            Map<String, INDArray> arrays = new LinkedHashMap<>();
            vertices.forEach(name -> arrays.put(name, Objects.requireNonNull(all.get(name), name)));
            return arrays;
        } catch (RuntimeException e) { // Deeplearning4j has no common exception of its own
            throw new VerificationException(VerificationException.firstLine(e), e);
        }
    }

    private static INDArray[] arrays(ComputationGraph net, Map<String, Tensor> feeds) {
        return net.getConfiguration().getNetworkInputs().stream()
                .map(name -> TensorArrays.array(Objects.requireNonNull(feeds.get(name), name)))
                .toArray(INDArray[]::new);
    }

    @Override
    public Map<String, Shape> outputShapes(Map<String, Tensor> feeds) {
        List<String> vertices = new ArrayList<>(net.getConfiguration().getTopologicalOrderStr());
        vertices.removeAll(net.getConfiguration().getNetworkInputs());
        Map<String, Shape> shapes = new LinkedHashMap<>();
        feeds.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        compute(net, vertices, feeds).forEach((name, array) -> shapes.put(name, Shape.of(array.shape())));
        Map<String, Shape> all =
                InnerShapes.of(new ComputationGraphAdapter().lift(net).graph(), shapes);
        Map<String, Shape> wanted = new LinkedHashMap<>();
        for (String name : values) {
            Shape shape = all.get(isLinear(name) ? layer(name) : name);
            if (shape != null) {
                wanted.put(name, shape);
            }
        }
        return wanted;
    }

    /** Does nothing: the net belongs to the caller. */
    @Override
    public void close() {}
}
