package org.rep4j.onnx;

import static java.util.Map.entry;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.rep4j.graph.Shape;
import org.rep4j.graph.TensorData;
import org.rep4j.onnx.OpReader.Unfoldable;

/**
 * The constants of a graph: initializers that nobody can override, Constant nodes, and what follows from them. Learns about nodes
 * in the order of the file. What only renames a constant has its handle.
 */
final class Constants {
    private static final Map<String, ConstantOp> OPS = Map.ofEntries(
            entry("Identity", ShapeConstants::identity),
            entry("Reshape", ShapeConstants::reshape),
            entry("Squeeze", ShapeConstants::squeeze),
            entry("Unsqueeze", ShapeConstants::unsqueeze),
            entry("Flatten", ShapeConstants::flatten),
            entry("Transpose", ShapeConstants::transpose),
            entry("Expand", ShapeConstants::expand),
            entry("Slice", ShapeConstants::slice),
            entry("Concat", ShapeConstants::concat),
            entry("Gather", ShapeConstants::gather),
            entry("GatherElements", PickedConstants::gatherElements),
            entry("GatherND", PickedConstants::gatherNd),
            entry("CumSum", PickedConstants::cumSum),
            entry("ConstantOfShape", ShapeConstants::constantOfShape),
            entry("Range", ShapeConstants::range),
            entry("Cast", ArithmeticConstants::cast),
            entry("Add", ArithmeticConstants.binary(Double::sum)),
            entry("Sub", ArithmeticConstants.binary((a, b) -> a - b)),
            entry("Mul", ArithmeticConstants.binary((a, b) -> a * b)),
            entry("Div", ArithmeticConstants::divide),
            entry("Pow", ArithmeticConstants::power),
            entry("Sqrt", ArithmeticConstants.unary(Math::sqrt)),
            entry("Reciprocal", ArithmeticConstants.unary(v -> 1 / v)),
            entry("Exp", ArithmeticConstants.unary(Math::exp)),
            entry("Neg", ArithmeticConstants.signed(v -> -v)),
            entry("Abs", ArithmeticConstants.signed(Math::abs)),
            entry("Sum", ArithmeticConstants.binary(Double::sum)),
            entry("Min", ArithmeticConstants.binary(Math::min)),
            entry("Max", ArithmeticConstants.binary(Math::max)),
            entry("Mod", ArithmeticConstants::modulo),
            entry("Floor", ArithmeticConstants.rounding(Math::floor)),
            entry("Ceil", ArithmeticConstants.rounding(Math::ceil)),
            entry("Round", ArithmeticConstants.rounding(Math::rint)),
            entry("Equal", ArithmeticConstants.comparison((a, b) -> a == b)),
            entry("Less", ArithmeticConstants.comparison((a, b) -> a < b)),
            entry("LessOrEqual", ArithmeticConstants.comparison((a, b) -> a <= b)),
            entry("Greater", ArithmeticConstants.comparison((a, b) -> a > b)),
            entry("GreaterOrEqual", ArithmeticConstants.comparison((a, b) -> a >= b)),
            entry("And", ArithmeticConstants.comparison((a, b) -> a != 0 && b != 0)),
            entry("Or", ArithmeticConstants.comparison((a, b) -> a != 0 || b != 0)),
            entry("Xor", ArithmeticConstants.comparison((a, b) -> a != b)),
            entry("Not", ArithmeticConstants::not),
            entry("ReduceSum", ReducedConstants.sum()),
            entry("ReduceProd", ReducedConstants.product()),
            entry("ReduceMax", ReducedConstants.largest()),
            entry("ReduceMin", ReducedConstants.smallest()),
            entry("ReduceMean", ReducedConstants.mean()),
            entry("Size", ShapeConstants::size),
            entry("Tile", ShapeConstants::tile),
            entry("Where", ArithmeticConstants::where));

    private final ExternalFiles files;
    private final Map<String, ConstantTensor> tensors;
    private final IdentityHashMap<TensorData, String> names = new IdentityHashMap<>();

    Constants(OnnxModel model, GraphIndex index) {
        this.files = model.files();
        tensors = new HashMap<>(2 * index.graph().getInitializerCount());
        Set<String> overridable = model.overridableInitializers();
        for (TensorProto initializer : index.graph().getInitializerList()) {
            if (!overridable.contains(initializer.getName())) {
                put(initializer.getName(), new StoredTensor(initializer, files));
            }
        }
        for (NewTensor tensor : model.newTensors()) {
            add(tensor);
        }
    }

    /** Takes notice of an initializer that is added to the model. */
    void add(NewTensor tensor) {
        put(tensor.name(), new StoredTensor(tensor, files));
    }

    private void put(String name, ConstantTensor tensor) {
        tensors.put(name, tensor);
        names.putIfAbsent(tensor, name);
    }

    /** Takes notice of integers that were computed from sizes. */
    void put(String name, SizeVector vector) {
        long[] numbers = vector.numbers();
        put(name, ComputedTensor.ofIntegers(vector.dataType(), vector.dims(), numbers));
    }

    /** The content of {@code name}, if it is a constant. */
    Optional<ConstantTensor> get(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /** The first name under which the graph knows {@code tensor}, one of the tensors that {@link #get} gave out. */
    String nameOf(TensorData tensor) {
        return Objects.requireNonNull(names.get(tensor), "a tensor of another graph");
    }

    /** The content of a tensor that the model stores in an attribute. */
    ConstantTensor stored(TensorProto tensor) {
        return new StoredTensor(tensor, files);
    }

    /**
     * Takes notice of a node of the standard operator set; its inputs must be known by now.
     *
     * @param inputShape of its first input, where that can be relied on
     * @return whether its outputs are constant
     */
    boolean learn(NodeProto node, Optional<Shape> inputShape) {
        try {
            if (node.getOpType().equals("Split") && readsOnlyConstants(node)) {
                List<ConstantTensor> parts = ShapeConstants.split(new OpCall(node, this));
                IntStream.range(0, parts.size())
                        .filter(i -> !node.getOutput(i).isEmpty())
                        .forEach(i -> put(node.getOutput(i), parts.get(i)));
                return true;
            }
            if (node.getOutputCount() != 1 || node.getOutput(0).isEmpty()) {
                return false;
            }
            Optional<ConstantTensor> tensor = compute(node, inputShape);
            tensor.ifPresent(t -> put(node.getOutput(0), t));
            return tensor.isPresent();
        } catch (Unfoldable | ArithmeticException e) {
            return false; // it may depend on what is fed, or is for the runtime to judge
        }
    }

    private Optional<ConstantTensor> compute(NodeProto node, Optional<Shape> inputShape) throws Unfoldable {
        if (node.getOpType().equals("Constant")) {
            return constant(node);
        }
        if (node.getOpType().equals("Shape")) {
            List<Long> dims = inputShape.map(Shape::dims).orElse(null);
            return dims == null
                    ? Optional.empty()
                    : Optional.of(ShapeConstants.shape(new Attributes(node, GraphIndex.describe(node)), dims));
        }
        ConstantOp op = OPS.get(node.getOpType());
        return op != null && readsOnlyConstants(node)
                ? Optional.of(op.apply(new OpCall(node, this)))
                : Optional.empty();
    }

    private boolean readsOnlyConstants(NodeProto node) {
        return node.getInputCount() > 0
                && node.getInputList().stream().allMatch(n -> n.isEmpty() || tensors.containsKey(n));
    }

    private Optional<ConstantTensor> constant(NodeProto node) {
        for (AttributeProto attribute : node.getAttributeList()) {
            TensorProto tensor = switch (attribute.getName()) {
                case "value" -> attribute.getT();
                case "value_float" -> floats(List.of(attribute.getF())).build();
                case "value_floats" ->
                    floats(attribute.getFloatsList())
                            .addDims(attribute.getFloatsCount())
                            .build();
                case "value_int" -> integers(List.of(attribute.getI())).build();
                case "value_ints" ->
                    integers(attribute.getIntsList())
                            .addDims(attribute.getIntsCount())
                            .build();
                default -> null;
            };
            if (tensor != null) {
                return Optional.of(stored(tensor));
            }
        }
        return Optional.empty(); // strings and sparse tensors: nothing to fold
    }

    private static TensorProto.Builder floats(List<Float> values) {
        return TensorProto.newBuilder()
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addAllFloatData(values);
    }

    private static TensorProto.Builder integers(List<Long> values) {
        return TensorProto.newBuilder()
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addAllInt64Data(values);
    }
}
