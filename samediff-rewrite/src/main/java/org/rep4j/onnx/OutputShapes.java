package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import onnx.Onnx.NodeProto;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.onnx.OpReader.Unfoldable;

/**
 * What is known of the outputs of ops, from what they read. It holds for whatever is fed: sizes that the op alone does not decide
 * are unknown.
 */
final class OutputShapes {
    private static final Map<String, ShapeInference> INFERENCES = Stream.of(
                    ElementwiseShapes.OPS,
                    KernelShapes.OPS,
                    PoolShapes.OPS,
                    NormalizationShapes.OPS,
                    MovedShapes.OPS,
                    ReshapedShapes.OPS,
                    ResizedShapes.OPS,
                    ReducedShapes.OPS,
                    SelectionShapes.OPS,
                    SourceShapes.OPS,
                    RecurrentShapes.OPS,
                    EinsumShapes.OPS)
            .flatMap(table -> table.entrySet().stream())
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private OutputShapes() {}

    /** The ops of which something is known. */
    static Set<String> ops() {
        return INFERENCES.keySet();
    }

    /**
     * The outputs of {@code node} that have a name, in their order, of the shapes and types that are known.
     *
     * @throws org.rep4j.graph.InvalidGraphException if the node contradicts itself, or, in a strict context, what it reads
     */
    static List<Value> define(NodeProto node, LiftContext context) {
        ShapeCall call = new ShapeCall(node, context);
        List<Shape> shapes = context.isStandard(node) ? infer(call, context) : List.of();
        List<Value> outputs = new ArrayList<>();
        for (int i = 0; i < node.getOutputCount(); i++) {
            if (!node.getOutput(i).isEmpty()) {
                Shape shape = i < shapes.size() ? shapes.get(i) : Shape.unknown();
                outputs.add(context.define(node.getOutput(i), shape, OutputTypes.of(call, i, context)));
            }
        }
        return outputs;
    }

    private static List<Shape> infer(ShapeCall call, LiftContext context) {
        ShapeInference inference = INFERENCES.get(call.node().getOpType());
        if (inference == null) {
            return List.of();
        }
        try {
            call.required(0);
            return inference.infer(call);
        } catch (Contradiction e) {
            context.refuse(call.node(), e);
            return List.of();
        } catch (ArithmeticException e) {
            context.refuse(call.node(), new Contradiction("its sizes are beyond all bounds"));
            return List.of();
        } catch (Unfoldable e) {
            return List.of(); // it depends on what is fed
        }
    }
}
