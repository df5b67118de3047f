package org.rep4j.convert;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.GraphProtoOrBuilder;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProtoOrBuilder;
import org.rep4j.onnx.OnnxModel;

/**
 * Models of the operator sets before 7, which most of what PyTorch exported is, as models of operator set 7. What the tests use of them
 * means the same there but for broadcasting, which was asked for by attributes, and the slopes of PRelu.
 */
final class OlderOpsets {
    private static final Set<String> GONE = Set.of("is_test", "consumed_inputs", "broadcast", "axis");
    private static final Set<String> BROADCASTING =
            Set.of("Add", "Sub", "Mul", "Div", "Pow", "Gemm", "And", "Or", "Xor");

    private OlderOpsets() {}

    /** Whether a model is of an operator set that is too old. */
    static boolean isOld(ModelProto model) {
        return model.getOpsetImportList().stream().anyMatch(OlderOpsets::isOld);
    }

    private static boolean isOld(OperatorSetIdProtoOrBuilder set) {
        return set.getDomain().isEmpty() && set.getVersion() < OnnxModel.OLDEST_OPSET;
    }

    /** The model, raised to the oldest operator set that is supported where it is of an older one. */
    static ModelProto raise(ModelProto model) {
        if (!isOld(model)) {
            return model;
        }
        ModelProto.Builder raised = model.toBuilder();
        raised.getOpsetImportBuilderList().stream()
                .filter(OlderOpsets::isOld)
                .forEach(set -> set.setVersion(OnnxModel.OLDEST_OPSET));
        Map<String, Integer> ranks = ranks(model.getGraph());
        for (NodeProto.Builder node : raised.getGraphBuilder().getNodeBuilderList()) {
            boolean broadcasts = BROADCASTING.contains(node.getOpType());
            if (broadcasts && !alignsLastAxes(node, ranks)) {
                throw new UnsupportedOperationException(node.getOpType() + " of operator set 6 along inner axes");
            }
            for (int i = node.getAttributeCount() - 1; i >= 0; i--) {
                String name = node.getAttribute(i).getName();
                if (GONE.contains(name) && (broadcasts || !name.equals("axis"))) {
                    node.removeAttribute(i);
                }
            }
        }
        raiseSlopes(raised.getGraphBuilder());
        return raised.build();
    }

    /** PRelu had one slope per channel; now its slopes are broadcast, so each needs its axis. */
    private static void raiseSlopes(GraphProto.Builder graph) {
        Map<String, Integer> ranks = ranks(graph);
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("PRelu")) {
                int inner = Objects.requireNonNull(ranks.get(node.getInput(0))) - 2;
                graph.getInitializerBuilderList().stream()
                        .filter(slope -> slope.getName().equals(node.getInput(1)) && slope.getDims(0) > 1)
                        .forEach(slope -> slope.addAllDims(Collections.nCopies(inner, 1L)));
                graph.getInputBuilderList().stream()
                        .filter(slope -> slope.getName().equals(node.getInput(1)))
                        .forEach(slope ->
                                slope.getTypeBuilder().getTensorTypeBuilder().clearShape());
            }
        }
    }

    /** Whether the axes that the second operand has are the last ones of the first: broadcasting as it is today. */
    private static boolean alignsLastAxes(NodeProto.Builder node, Map<String, Integer> ranks) {
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.getName().equals("axis")) {
                Integer first = ranks.get(node.getInput(0));
                Integer second = ranks.get(node.getInput(1));
                return first != null && second != null && attribute.getI() + second == first;
            }
        }
        return true;
    }

    private static Map<String, Integer> ranks(GraphProtoOrBuilder graph) {
        Map<String, Integer> ranks = new HashMap<>();
        graph.getInputList()
                .forEach(i -> ranks.put(
                        i.getName(), i.getType().getTensorType().getShape().getDimCount()));
        graph.getInitializerList().forEach(i -> ranks.put(i.getName(), i.getDimsCount()));
        return ranks;
    }
}
