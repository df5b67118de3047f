package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import onnx.Onnx.NodeProto;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.onnx.OpReader.Unfoldable;

/**
 * What is known of the first output of ops that are not looked into, from what they read. It holds for whatever is fed: sizes that
 * the op alone does not decide are unknown.
 */
final class OutputShapes {
    /** Ops whose output has the shape of their first input. */
    private static final Set<String> KEEPERS = Set.of(
            "Relu",
            "LeakyRelu",
            "PRelu",
            "Elu",
            "Selu",
            "Celu",
            "Gelu",
            "ThresholdedRelu",
            "Sigmoid",
            "HardSigmoid",
            "HardSwish",
            "Mish",
            "Softplus",
            "Softsign",
            "Tanh",
            "Erf",
            "Clip",
            "Softmax",
            "LogSoftmax",
            "Exp",
            "Log",
            "Sqrt",
            "Reciprocal",
            "Abs",
            "Sign",
            "Floor",
            "Ceil",
            "Round",
            "Sin",
            "Cos",
            "Cast",
            "Dropout",
            "BatchNormalization",
            "InstanceNormalization",
            "LayerNormalization",
            "GroupNormalization",
            "LpNormalization",
            "MeanVarianceNormalization",
            "LRN",
            "ScatterND");

    /** Ops on operands that broadcast to each other. */
    private static final Set<String> BROADCASTS =
            Set.of("Add", "Sub", "Mul", "Div", "Pow", "Sum", "Mean", "Min", "Max");

    /** Ops that make one number of all those along some axes, and have the type of what they read. */
    private static final Set<String> REDUCTIONS = Set.of(
            "ReduceMean",
            "ReduceSum",
            "ReduceProd",
            "ReduceMax",
            "ReduceMin",
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSum",
            "ReduceLogSumExp",
            "ReduceSumSquare");

    private static final Map<String, Inference> INFERENCES = inferences();

    /** How the shape of an op's first output follows from those of its inputs, unknown for those that are left out. */
    @FunctionalInterface
    private interface Inference {
        /** @throws Unfoldable if nothing is known */
        Shape infer(OpCall call, List<Shape> inputs) throws Unfoldable;
    }

    private OutputShapes() {}

    private static Map<String, Inference> inferences() {
        Map<String, Inference> table = new HashMap<>();
        KEEPERS.forEach(op -> table.put(op, (call, inputs) -> inputs.get(0)));
        BROADCASTS.forEach(op -> table.put(op, (call, inputs) -> broadcast(inputs)));
        REDUCTIONS.forEach(op -> table.put(op, (call, inputs) -> reduced(call, inputs.get(0))));
        List.of("MaxPool", "AveragePool")
                .forEach(op -> table.put(op, (call, inputs) -> PoolOps.outputShape(call, inputs.get(0))));
        table.put("LpPool", (call, inputs) -> pooled(inputs.get(0), Shape.UNKNOWN_DIM));
        List.of("GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool")
                .forEach(op -> table.put(op, (call, inputs) -> pooled(inputs.get(0), 1)));
        table.put("Transpose", (call, inputs) -> MovedShapes.transposed(call, inputs.get(0)));
        table.put("Reshape", (call, inputs) -> MovedShapes.reshaped(call, inputs.get(0)));
        table.put("Flatten", (call, inputs) -> MovedShapes.flattened(call, inputs.get(0)));
        table.put("Squeeze", (call, inputs) -> MovedShapes.squeezed(call, inputs.get(0)));
        table.put("Unsqueeze", (call, inputs) -> MovedShapes.unsqueezed(call, inputs.get(0)));
        table.put("Expand", (call, inputs) -> broadcast(List.of(inputs.get(0), Shape.of(call.integers(1)))));
        return Map.copyOf(table);
    }

    /** The ops of which something is known. */
    static Set<String> ops() {
        return INFERENCES.keySet();
    }

    /** The first output of {@code node}, of the shape and type that are known. */
    static Value define(NodeProto node, LiftContext context) {
        String name = node.getOutput(0);
        Inference inference = INFERENCES.get(node.getOpType());
        if (inference == null || !context.isStandard(node) || !LiftContext.has(node, 0)) {
            return context.define(name, Shape.unknown(), ElementType.OTHER);
        }
        OpCall call = context.call(node);
        ElementType type = node.getOpType().equals("Cast")
                ? TensorCodec.elementType((int) call.attributes().integer("to", 0))
                : context.input(node, 0).type();
        List<Shape> inputs = IntStream.range(0, node.getInputCount())
                .mapToObj(i -> LiftContext.has(node, i) ? context.input(node, i).shape() : Shape.unknown())
                .toList();
        Shape shape;
        try {
            shape = inference.infer(call, inputs);
        } catch (Unfoldable e) {
            shape = Shape.unknown(); // it depends on what is fed, or is for the runtime to judge
        }
        return context.define(name, shape, type);
    }

    /** The shape that operands broadcast to: where one has more than one element, the others have as many or one. */
    static Shape broadcast(List<Shape> operands) {
        int rank = operands.stream().mapToInt(Shape::rank).max().orElse(-1);
        if (operands.stream().anyMatch(o -> o.rank() < 0)) {
            return Shape.unknown();
        }
        List<Long> dims = new ArrayList<>();
        for (int axis = -rank; axis < 0; axis++) {
            long size = 1;
            for (Shape operand : operands) {
                long own = axis < -operand.rank() ? 1 : operand.dim(axis);
                boolean telling = own > 1 || own == 0 || (own < 0 && size == 1);
                size = telling && size <= 1 && size != 0 ? own : size;
            }
            dims.add(size);
        }
        return new Shape(dims);
    }

    /** What is left where the axes, all of them if none is named, become one element or go. */
    private static Shape reduced(OpCall call, Shape input) throws Unfoldable {
        long[] named = call.integers("axes", 1).orElse(new long[0]);
        if (named.length == 0 && call.attributes().integer("noop_with_empty_axes", 0) != 0) {
            return input;
        }
        List<Long> dims = MovedShapes.dims(input);
        Set<Integer> axes = Dims.axes(Arrays.stream(named).boxed().toList(), dims.size());
        boolean keeps = call.attributes().integer("keepdims", 1) != 0;
        List<Long> result = new ArrayList<>();
        for (int i = 0; i < dims.size(); i++) {
            if (named.length > 0 && !axes.contains(i)) {
                result.add(dims.get(i));
            } else if (keeps) {
                result.add(1L);
            }
        }
        return new Shape(result);
    }

    /** The channels of {@code input}, on spatial axes of {@code size} elements. */
    static Shape pooled(Shape input, long size) {
        if (input.rank() < 3) {
            return Shape.unknown();
        }
        long[] sizes = new long[input.rank() - 2];
        Arrays.fill(sizes, size);
        return Layout.CHANNELS_FIRST.withSpatialSizes(input, sizes);
    }
}
