package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import onnx.Onnx.NodeProto;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Identity;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/** Concat, and ops that change nothing, always or in this use. */
final class StructureOps {
    private StructureOps() {}

    static Node identity(NodeProto node, NodeInfo info, LiftContext context) {
        Value input = context.input(node, 0);
        Shape shape = context.shape(input.name());
        return new Identity(info, input, context.define(node.getOutput(0), shape, input.type()));
    }

    static Node dropout(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        if (LiftContext.namedOutputs(node) > 1 && context.index().uses(node.getOutput(1)) > 0) {
            throw new OpReader.Unfoldable("its mask is used");
        }
        if (LiftContext.has(node, 2)) {
            throw new OpReader.Unfoldable("it may be in training mode: export the model in inference mode");
        }
        return identity(node, info, context);
    }

    static Node concat(NodeProto node, NodeInfo info, LiftContext context) {
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < node.getInputCount(); i++) {
            parts.add(context.input(node, i));
        }
        if (parts.size() == 1) {
            return identity(node, info, context);
        }
        if (parts.isEmpty()) {
            throw new InvalidGraphException(GraphIndex.describe(node) + " has no inputs");
        }
        int axis = (int) new Attributes(node, GraphIndex.describe(node)).integer("axis", 0);
        return new Concat(info, parts, OutputShapes.define(node, context).get(0), axis);
    }

    /** Reshape, Flatten and Expand where what comes out has the shape of what goes in. */
    static Node reshape(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        Shape from = context.input(node, 0).shape();
        OpCall call = context.call(node);
        boolean nothing = switch (node.getOpType()) {
            case "Flatten" -> from.rank() == 2 && Dims.axis(call.attributes().integer("axis", 1), 2) == 1;
            case "Expand" -> keepsSizes(from, call.integers(1));
            default -> call.attributes().integer("allowzero", 0) == 0 && keepsShape(from, call.integers(1));
        };
        return onlyIf(nothing, node, info, context);
    }

    /** Whether a Reshape to {@code target} is to the shape that is there: at most one size may be for the runtime to find. */
    private static boolean keepsShape(Shape from, long[] target) {
        if (target.length != from.rank()) {
            return false;
        }
        int open = 0;
        for (int i = 0; i < target.length; i++) {
            if (target[i] == -1) {
                open++;
            } else if (target[i] != 0 && target[i] != from.dim(i)) {
                return false;
            }
        }
        return open <= 1;
    }

    private static boolean keepsSizes(Shape from, long[] target) {
        int lead = from.rank() - target.length;
        if (lead < 0) {
            return false;
        }
        for (int i = 0; i < target.length; i++) {
            if (target[i] != 1 && target[i] != from.dim(lead + i)) {
                return false;
            }
        }
        return true;
    }

    static Node transpose(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        Attributes attributes = context.call(node).attributes();
        int rank = attributes
                .integers("perm")
                .map(List::size)
                .orElse(context.input(node, 0).shape().rank());
        List<Integer> perm = ShapeConstants.permutation(attributes, Math.max(rank, 0));
        return onlyIf(rank >= 0 && ShapeConstants.isSorted(perm), node, info, context);
    }

    static Node cast(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        ElementType from = context.input(node, 0).type();
        long to = context.call(node).attributes().integer("to", 0);
        return onlyIf(from.isFloatingPoint() && TensorCodec.dataType(from) == to, node, info, context);
    }

    /** ScatterND is never linear alone; {@link FilledBorders} may find that several of them and a Pad are. */
    static Node scatter(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        throw new OpReader.Unfoldable(FilledBorders.reason(node, context));
    }

    /** An op that changes nothing if {@code nothing}; else nobody expects it to fold. */
    private static Node onlyIf(boolean nothing, NodeProto node, NodeInfo info, LiftContext context)
            throws OpReader.Unfoldable {
        if (!nothing) {
            throw new OpReader.Unfoldable("");
        }
        return identity(node, info, context);
    }
}
