package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import onnx.Onnx.NodeProto;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/** What is known of the shapes that ops write, from those that they read. */
final class OutputShapes {
    /** Ops whose output has the shape and type of their first input. */
    private static final Set<String> KEEPERS = Set.of(
            "Relu",
            "LeakyRelu",
            "PRelu",
            "Elu",
            "Selu",
            "Celu",
            "Gelu",
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
            "Neg",
            "Abs",
            "InstanceNormalization",
            "LRN",
            "ScatterND",
            "ThresholdedRelu");

    /** Ops on the spatial axes of their first input, whose type they keep. */
    private static final Set<String> POOLS =
            Set.of("MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool");

    /** Those among them whose window tells the sizes that they write. */
    private static final Set<String> WINDOWED = Set.of("MaxPool", "AveragePool");

    private OutputShapes() {}

    /** Whether the first output of {@code node}, an op that is not looked into, has the type of its first input. */
    static boolean keepsType(NodeProto node) {
        return KEEPERS.contains(node.getOpType()) || POOLS.contains(node.getOpType());
    }

    /** The shape of the first output of such an op, for an input of shape {@code input}. */
    static Shape of(NodeProto node, Attributes attributes, Shape input) {
        if (KEEPERS.contains(node.getOpType())) {
            return input;
        }
        if (input.rank() < 3) {
            return Shape.unknown();
        }
        if (WINDOWED.contains(node.getOpType())) {
            return PoolOps.outputShape(node, attributes, input);
        }
        long[] sizes = new long[input.rank() - 2];
        Arrays.fill(sizes, node.getOpType().startsWith("Global") ? 1 : Shape.UNKNOWN_DIM);
        return Layout.CHANNELS_FIRST.withSpatialSizes(input, sizes);
    }

    /** The shape that operands broadcast to: where one has more than one element, the others have as many or one. */
    static Shape broadcast(List<Value> operands) {
        int rank = operands.stream().mapToInt(o -> o.shape().rank()).max().orElse(-1);
        if (operands.stream().anyMatch(o -> o.shape().rank() < 0)) {
            return Shape.unknown();
        }
        List<Long> dims = new ArrayList<>();
        for (int axis = -rank; axis < 0; axis++) {
            long size = 1;
            for (Value operand : operands) {
                long own = axis < -operand.shape().rank() ? 1 : operand.shape().dim(axis);
                boolean telling = own > 1 || own == 0 || (own < 0 && size == 1);
                size = telling && size <= 1 && size != 0 ? own : size;
            }
            dims.add(size);
        }
        return new Shape(dims);
    }
}
