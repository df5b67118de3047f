package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.InvalidGraphException;
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
    private final InferredShapes inferred = new InferredShapes();
    /** Whether contradictions are refused; else they are for the runtime to judge. */
    private final boolean strict;
    /** Whether the runtime refuses inputs of other sizes, batches of other sizes included. */
    private final boolean shapesAreFixed;

    /** A context in which what contradicts itself is merely unknown. */
    LiftContext(OnnxModel model) {
        this(model, false);
    }

    private LiftContext(OnnxModel model, boolean strict) {
        this.model = model;
        this.strict = strict;
        this.index = new GraphIndex(model.proto().getGraph());
        this.constants = new Constants(model, index);
        GraphProto graph = index.graph();
        model.proto().getFunctionsList().forEach(f -> functions.add(f.getDomain() + ":" + f.getName()));
        shapesAreFixed = model.inputs().stream().allMatch(i -> i.shape().isFullyKnown());
        boolean sizesAreFixed =
                strict ? shapesAreFixed : model.inputs().stream().allMatch(LiftContext::isFixedBehindTheBatch);
        Stream.concat(graph.getValueInfoList().stream(), graph.getOutputList().stream())
                .map(OnnxModel::value)
                .forEach(v -> declared.put(v.name(), sizesAreFixed ? v : withoutSizes(v)));
        graph.getInputList().forEach(v -> declared.put(v.getName(), OnnxModel.value(v)));
    }

    /**
     * A context for who must know that what follows from the model's inputs is true: of inner shapes that the model declares no size
     * is believed where its inputs may vary, and sizes that contradict each other are refused.
     */
    static LiftContext strict(OnnxModel model) {
        return new LiftContext(model, true);
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

    /**
     * Whether {@code node} only prepares constants; asked once for each node, in the order of the file. In a strict context that
     * includes what reads only sizes that are known of values whose other sizes are not.
     */
    boolean isConstant(NodeProto node) {
        if (!isStandard(node)) {
            return false;
        }
        if (constants.learn(node, has(node, 0) ? fixedShape(node.getInput(0)) : Optional.empty())) {
            return true;
        }
        Optional<SizeVector> vector = SizeVectors.compute(new ShapeCall(node, this));
        vector.ifPresent(v -> inferred.put(node.getOutput(0), v));
        Optional<SizeVector> known = vector.filter(v -> strict && v.isKnown());
        known.ifPresent(v -> constants.put(node.getOutput(0), v));
        return known.isPresent();
    }

    /** The sizes of a value that is always of these sizes. */
    private Optional<Shape> fixedShape(String name) {
        Optional<Shape> stored = constants.get(name).map(ConstantTensor::shape);
        return stored.or(() -> Optional.ofNullable(values.get(name))
                .filter(v -> shapesAreFixed && v.shape().isFullyKnown())
                .map(Value::shape));
    }

    /** The integers of a computed value, as far as they are known. */
    Optional<SizeVector> vector(String name) {
        return inferred.vector(name);
    }

    /** Whether what is known of the sizes of a value may not be true: they are declared by a model whose inputs may vary. */
    boolean isDoubtful(String name) {
        return inferred.isDoubtful(name);
    }

    /** Refuses a contradiction if this context is strict. */
    void refuse(NodeProto node, Contradiction contradiction) {
        if (strict) {
            throw new InvalidGraphException(GraphIndex.describe(node) + ": " + contradiction.reason(), contradiction);
        }
    }

    /** The shape of a value; sizes that are not known are named as {@link ShapeInference} says. */
    Shape shape(String name) {
        return inferred.shape(name, value(name).shape());
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
    Value define(String name, Shape known, ElementType type) {
        Value told = declared.get(name);
        Shape shape = told == null ? known : merged(known, told.shape());
        if (!values.containsKey(name)) {
            ElementType elements = told == null || !told.type().isFloatingPoint() ? type : told.type();
            if (!shapesAreFixed && (tellsMore(shape, known) || readsDoubtful(name))) {
                inferred.doubt(name);
            }
            inferred.put(name, shape);
            values.put(name, Value.of(name, InferredShapes.plain(shape), elements));
        }
        return value(name);
    }

    private static boolean tellsMore(Shape shape, Shape than) {
        return shape.rank() != than.rank()
                || IntStream.range(0, shape.rank()).anyMatch(i -> shape.dim(i) >= 0 && than.dim(i) < 0);
    }

    private boolean readsDoubtful(String name) {
        int producer = index.producer(name);
        return producer >= 0
                && index.graph().getNode(producer).getInputList().stream().anyMatch(inferred::isDoubtful);
    }

    /** What follows from the op, with gaps filled by what the model declares. */
    private static Shape merged(Shape inferred, Shape declared) {
        if (declared.rank() != inferred.rank() || inferred.dims() == null) {
            return inferred.dims() == null ? declared : inferred;
        }
        List<Long> dims = new ArrayList<>();
        for (int i = 0; i < inferred.rank(); i++) {
            dims.add(inferred.dim(i) >= 0 || declared.dim(i) < 0 ? inferred.dim(i) : declared.dim(i));
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
