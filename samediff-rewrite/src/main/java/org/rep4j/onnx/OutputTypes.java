package org.rep4j.onnx;

import java.util.Set;
import java.util.stream.IntStream;
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Value;

/** The number formats of what ops write, as far as they follow from what they read. */
final class OutputTypes {
    /** Ops whose outputs are integers or booleans. */
    private static final Set<String> NEVER_REAL = Set.of(
            "Shape",
            "Size",
            "ArgMax",
            "ArgMin",
            "Equal",
            "Less",
            "LessOrEqual",
            "Greater",
            "GreaterOrEqual",
            "And",
            "Or",
            "Xor",
            "Not",
            "IsNaN",
            "IsInf",
            "NonZero",
            "NonMaxSuppression",
            "QuantizeLinear");

    /** Ops whose second output holds places or a mask. */
    private static final Set<String> INDEXING = Set.of("TopK", "MaxPool", "Dropout");

    private OutputTypes() {}

    /** The format of an output, {@link ElementType#OTHER} where it is no floating-point one, or not known. */
    static ElementType of(ShapeCall call, int output, LiftContext context) {
        String op = call.node().getOpType();
        if (!OutputShapes.ops().contains(op)
                || !context.isStandard(call.node())
                || NEVER_REAL.contains(op)
                || (output > 0 && INDEXING.contains(op))) {
            return ElementType.OTHER;
        }
        return switch (op) {
            case "Cast" -> TensorCodec.elementType((int) call.attributes().integer("to", 0));
            case "ConstantOfShape" ->
                call.tensor("value").map(ConstantTensor::type).orElse(ElementType.FLOAT32);
            case "DequantizeLinear", "Where" -> type(call, 1);
            case "OneHot" -> type(call, 2);
            case "LayerNormalization" ->
                output == 0
                        ? type(call, 0)
                        : TensorCodec.elementType((int) call.attributes().integer("stash_type", DataType.FLOAT_VALUE));
            case "Pow", "Gather", "GatherElements", "GatherND", "Reshape", "Expand", "Tile", "Slice" -> type(call, 0);
            default ->
                IntStream.range(0, call.inputs())
                        .mapToObj(i -> type(call, i))
                        .filter(ElementType::isFloatingPoint)
                        .findFirst()
                        .orElse(ElementType.OTHER);
        };
    }

    private static ElementType type(ShapeCall call, int input) {
        Value value = call.has(input) ? call.value(input) : null;
        return value == null ? ElementType.OTHER : value.type();
    }
}
