package org.rep4j.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes of what ops write that work element by element, or keep the shape of their first input at least. */
final class ElementwiseShapes {
    private static final Set<String> KEEPERS = Set.of(
            "Relu",
            "LeakyRelu",
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
            "Shrink",
            "Erf",
            "Clip",
            "Exp",
            "Log",
            "Sqrt",
            "Reciprocal",
            "Abs",
            "Neg",
            "Sign",
            "Floor",
            "Ceil",
            "Round",
            "Sin",
            "Cos",
            "Tan",
            "Asin",
            "Acos",
            "Atan",
            "Sinh",
            "Cosh",
            "Tanh",
            "Asinh",
            "Acosh",
            "Atanh",
            "Not",
            "IsNaN",
            "IsInf",
            "Cast",
            "Identity",
            "Trilu",
            "ReverseSequence",
            "MeanVarianceNormalization");

    /** Ops that work along an axis, and the axis if none is named. */
    private static final Map<String, Integer> ALONG_AN_AXIS =
            Map.of("Softmax", -1, "LogSoftmax", -1, "Hardmax", -1, "LpNormalization", -1);

    private static final Set<String> BROADCASTS = Set.of(
            "Add",
            "Sub",
            "Mul",
            "Div",
            "Pow",
            "Mod",
            "Sum",
            "Mean",
            "Min",
            "Max",
            "And",
            "Or",
            "Xor",
            "Equal",
            "Less",
            "LessOrEqual",
            "Greater",
            "GreaterOrEqual",
            "Where");

    static final Map<String, ShapeInference> OPS = ops();

    private ElementwiseShapes() {}

    private static Map<String, ShapeInference> ops() {
        Map<String, ShapeInference> table = new HashMap<>();
        KEEPERS.forEach(op -> table.put(op, call -> List.of(call.shape(0))));
        ALONG_AN_AXIS.forEach((op, axis) -> table.put(op, call -> alongAxis(call, axis)));
        BROADCASTS.forEach(op -> table.put(op, ElementwiseShapes::broadcast));
        table.put("Dropout", call -> List.of(call.shape(0), call.shape(0)));
        table.put("PRelu", ElementwiseShapes::slopes);
        table.put("CumSum", ElementwiseShapes::cumulative);
        table.put("QuantizeLinear", ElementwiseShapes::quantized);
        table.put("DequantizeLinear", ElementwiseShapes::quantized);
        return Map.copyOf(table);
    }

    private static List<Shape> alongAxis(ShapeCall call, int otherwise) throws Unfoldable {
        Shape input = call.shape(0);
        // up to opset 12 the axis is 1 if none is named, which any input of these ops has or does not need
        if (input.rank() > 0 && call.attributes().has("axis")) {
            Dims.split(call.attributes().integer("axis", otherwise), input.rank());
        }
        return List.of(input);
    }

    private static List<Shape> broadcast(ShapeCall call) throws Unfoldable {
        boolean ranksAreKnown = true;
        List<Long> dims = List.of();
        for (int i = 0; i < call.inputs(); i++) {
            Shape operand = call.required(i);
            ranksAreKnown &= operand.dims() != null;
            dims = Dims.broadcast(dims, operand.dims() == null ? List.of() : operand.dims());
        }
        return List.of(ranksAreKnown ? new Shape(dims) : Shape.unknown());
    }

    /** The slopes stretch to the input, and not the other way round. */
    private static List<Shape> slopes(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        Shape slope = call.required(1);
        if (input.dims() != null && slope.dims() != null) {
            stretched(slope, input, "slopes");
        }
        return List.of(input);
    }

    /** Checks that {@code operand} broadcasts to {@code target} without making it larger. */
    static void stretched(Shape operand, Shape target, String what) throws Unfoldable {
        List<Long> dims = Dims.broadcast(Dims.of(operand), Dims.of(target));
        for (int i = 0; i < dims.size(); i++) {
            int axis = i - dims.size();
            if (operand.rank() > target.rank() || (target.dim(axis) == 1 && dims.get(i) > 1)) {
                throw new Contradiction("its " + what + " of shape " + operand + " do not stretch to " + target);
            }
        }
    }

    private static List<Shape> cumulative(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        call.required(1);
        if (input.dims() != null && call.constant(1).isPresent()) {
            Dims.axes(Dims.boxed(call.integers(1)), input.rank());
        }
        return List.of(input);
    }

    /** One scale for all, for each element of an axis, or (from opset 21 on) for each block along it. */
    private static List<Shape> quantized(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        Shape scale = call.required(1);
        if (input.rank() > 0 && scale.rank() == 1 && scale.dim(0) != 1) {
            int axis = Dims.axis(call.attributes().integer("axis", 1), input.rank());
            long size = Dims.same(
                    input.dim(axis), scale.dim(0), "its input has %d elements on its axis but there are %d scales");
            return List.of(input.withDim(axis, size));
        }
        return List.of(input);
    }
}
