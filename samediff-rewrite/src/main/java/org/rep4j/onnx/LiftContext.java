package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/** What the readers of single ops share while a model is lifted: its values, constants and names. */
final class LiftContext {
    private final OnnxModel model;
    private final GraphIndex index;
    private final Constants constants;
    private final Map<String, Value> declared = new HashMap<>();
    private final Map<String, Value> values = new HashMap<>();
    private final Set<String> nodeNames = new HashSet<>();
    private final Set<String> functions = new HashSet<>();
    /** Whether the runtime refuses inputs of other sizes, batches of other sizes included. */
    private final boolean shapesAreFixed;

    LiftContext(OnnxModel model) {
        this.model = model;
        this.index = new GraphIndex(model.proto().getGraph());
        this.constants = new Constants(model, index);
        GraphProto graph = index.graph();
        model.proto().getFunctionsList().forEach(f -> functions.add(f.getDomain() + ":" + f.getName()));
        shapesAreFixed = model.inputs().stream().allMatch(i -> i.shape().isFullyKnown());
        boolean sizesAreFixed = model.inputs().stream().allMatch(LiftContext::isFixedBehindTheBatch);
        Stream.concat(graph.getValueInfoList().stream(), graph.getOutputList().stream())
                .map(OnnxModel::value)
                .forEach(v -> declared.put(v.name(), sizesAreFixed ? v : withoutSizes(v)));
        graph.getInputList().forEach(v -> declared.put(v.getName(), OnnxModel.value(v)));
    }

    /** Whether the runtime refuses inputs of other sizes, the batch aside. */
    private static boolean isFixedBehindTheBatch(Value input) {
        List<Long> dims = input.shape().dims();
        return dims != null && dims.stream().skip(1).allMatch(d -> d >= 0);
    }

    /**
     * What can be believed of a declaration inside a net that takes inputs of any size: such nets are often made by editing the inputs
     * of one that was exported for a single size, whose inner declarations stay behind.
     */
    private static Value withoutSizes(Value value) {
        Shape shape = value.shape().dims() == null
                ? value.shape()
                : Shape.ofRank(value.shape().rank());
        return Value.of(value.name(), shape, value.type());
    }

    /** Takes notice of an input that is added to the model. */
    void declare(Value input) {
        declared.put(input.name(), input);
    }

    long opset() {
        return model.opset();
    }

    GraphIndex index() {
        return index;
    }

    Constants constants() {
        return constants;
    }

    /** Whether the standard defines what {@code node} does. */
    boolean isStandard(NodeProto node) {
        return OnnxReader.isDefaultDomain(node.getDomain())
                && !functions.contains(node.getDomain() + ":" + node.getOpType());
    }

    /** Whether {@code node} only prepares constants; asked once for each node, in the order of the file. */
    boolean isConstant(NodeProto node) {
        return isStandard(node) && constants.learn(node, has(node, 0) ? shape(node.getInput(0)) : Optional.empty());
    }

    /** The sizes of a value that is always of these sizes. */
    private Optional<Shape> shape(String name) {
        Optional<Shape> stored = constants.get(name).map(ConstantTensor::shape);
        return stored.or(() -> Optional.ofNullable(values.get(name))
                .filter(v -> shapesAreFixed && v.shape().isFullyKnown())
                .map(Value::shape));
    }

    /** A node with what is constant among its inputs. */
    OpCall call(NodeProto node) {
        return new OpCall(node, constants);
    }

    /** The content of a node's input, if it is there and constant. */
    Optional<ConstantTensor> constant(NodeProto node, int input) {
        return has(node, input) ? constants.get(node.getInput(input)) : Optional.empty();
    }

    /** Whether a node has this input; optional ones may be left out or be empty. */
    static boolean has(NodeProto node, int input) {
        return node.getInputCount() > input && !node.getInput(input).isEmpty();
    }

    /** Number of outputs that have a name. */
    static long namedOutputs(NodeProto node) {
        return node.getOutputList().stream().filter(o -> !o.isEmpty()).count();
    }

    /** The value of this name, as it was {@linkplain #define defined}, or declared by the model. */
    Value value(String name) {
        return values.computeIfAbsent(
                name,
                n -> constants
                        .get(n)
                        .map(t -> Value.constant(n, t))
                        .orElseGet(() -> declared.getOrDefault(n, Value.of(n, Shape.unknown(), ElementType.OTHER))));
    }

    Value input(NodeProto node, int input) {
        return value(node.getInput(input));
    }

    /** The output of an op, of a shape that follows from the op where the model does not declare it. */
    Value define(String name, Shape inferred, ElementType type) {
        Value known = declared.get(name);
        Shape shape = known == null ? inferred : merged(inferred, known.shape());
        ElementType elements = known == null || !known.type().isFloatingPoint() ? type : known.type();
        return values.computeIfAbsent(name, n -> Value.of(n, shape, elements));
    }

    /** What follows from the op, with gaps filled by what the model declares. */
    private static Shape merged(Shape inferred, Shape declared) {
        if (declared.rank() != inferred.rank() || inferred.dims() == null) {
            return inferred.dims() == null ? declared : inferred;
        }
        List<Long> dims = new ArrayList<>();
        for (int i = 0; i < inferred.rank(); i++) {
            dims.add(inferred.dim(i) >= 0 ? inferred.dim(i) : declared.dim(i));
        }
        return new Shape(dims);
    }

    /** Name and handle of a node; nodes without a name, or with one that is taken, get the name of their output. */
    NodeInfo info(NodeProto node, NativeNodes handle) {
        String base = node.getName();
        if (base.isEmpty() || nodeNames.contains(base)) {
            base = node.getOutputList().stream()
                    .filter(o -> !o.isEmpty())
                    .findFirst()
                    .orElse(node.getOpType());
        }
        String name = base;
        for (int n = 2; !nodeNames.add(name); n++) {
            name = base + "_" + n;
        }
        return new NodeInfo(name, node.getOpType(), handle);
    }
}
