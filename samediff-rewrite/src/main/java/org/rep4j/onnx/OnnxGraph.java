package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import onnx.Onnx.NodeProto;
import onnx.Onnx.ValueInfoProto;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;

/** The ops of a model in the order in which they run, with what is known before they do: constants and shapes. */
public final class OnnxGraph {
    private final OnnxModel model;
    private final LiftContext context;
    private final List<OnnxNode> nodes = new ArrayList<>();

    private OnnxGraph(OnnxModel model) {
        this.model = model;
        this.context = LiftContext.strict(model);
        Set<String> defined = new HashSet<>();
        model.proto().getGraph().getInputList().forEach(i -> defined.add(i.getName()));
        for (NodeProto node : context.index().graph().getNodeList()) {
            requireDefined(node, defined);
            defined.addAll(node.getOutputList());
            if (!context.isConstant(node)) {
                if (node.getOutputCount() > 0) {
                    OutputShapes.define(node, context);
                }
                nodes.add(new OnnxNode(node));
            }
        }
    }

    /**
     * Reads a model.
     *
     * @throws InvalidGraphException if it reads what is not there, or sizes contradict each other
     */
    public static OnnxGraph of(OnnxModel model) {
        return new OnnxGraph(model);
    }

    private void requireDefined(NodeProto node, Set<String> defined) {
        for (String input : node.getInputList()) {
            if (!input.isEmpty()
                    && !defined.contains(input)
                    && context.constants().get(input).isEmpty()) {
                throw new InvalidGraphException(GraphIndex.describe(node) + " reads '" + input
                        + "', which nothing before it writes: the file is damaged, or its nodes are out of order");
            }
        }
    }

    /** Version of the default operator set. */
    public long opset() {
        return model.opset();
    }

    /** The ops in the order in which they run; those that only prepare constants are left out. */
    public List<OnnxNode> nodes() {
        return List.copyOf(nodes);
    }

    /** What the caller feeds. */
    public List<Port> inputs() {
        Set<String> fed = new HashSet<>();
        model.inputs().forEach(i -> fed.add(i.name()));
        return model.proto().getGraph().getInputList().stream()
                .filter(i -> fed.contains(i.getName()))
                .map(OnnxGraph::port)
                .toList();
    }

    /** What the model computes. */
    public List<Port> outputs() {
        return model.proto().getGraph().getOutputList().stream()
                .map(OnnxGraph::port)
                .toList();
    }

    private static Port port(ValueInfoProto info) {
        Optional<OnnxType> type = info.getType().hasTensorType()
                ? OnnxType.of(info.getType().getTensorType().getElemType())
                : Optional.empty();
        return new Port(info.getName(), type, OnnxModel.value(info).shape());
    }

    /** What is known of the shape of a value. */
    public Shape shape(String value) {
        return context.value(value).shape();
    }

    /** The content of a value that is the same in each run, unless its elements are strings or the like. */
    public Optional<OnnxTensor> constant(String value) {
        return context.constants().get(value).flatMap(ConstantTensor::content);
    }

    /** Whether a value is the same in each run. */
    public boolean isConstant(String value) {
        return context.constants().get(value).isPresent();
    }

    /**
     * An input or an output of a model.
     *
     * @param name its name
     * @param type format of its elements, empty if it is none that can be converted
     * @param shape as declared
     */
    public record Port(String name, Optional<OnnxType> type, Shape shape) {}
}
