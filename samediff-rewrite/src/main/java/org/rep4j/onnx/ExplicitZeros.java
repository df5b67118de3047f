package org.rep4j.onnx;

import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.FunctionProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.UnknownFieldSet;

/**
 * Attributes of the value 0, 0.0 or "" as files should hold them. The protobuf classes write no field that has its default, but readers
 * that know whether a field is there take an attribute without one for one that is not set: {@code keepdims = 0} would be 1. Such
 * fields are added as if they were unknown, which are written whatever they hold.
 */
final class ExplicitZeros {
    private ExplicitZeros() {}

    /** The same model, with all its fields. */
    static ModelProto of(ModelProto model) {
        ModelProto.Builder builder = model.toBuilder();
        if (isLacking(model.getGraph())) {
            builder.setGraph(of(model.getGraph()));
        }
        for (int i = 0; i < model.getFunctionsCount(); i++) {
            FunctionProto function = model.getFunctions(i);
            FunctionProto.Builder whole = function.toBuilder();
            for (int n = 0; n < function.getNodeCount(); n++) {
                whole.setNode(n, of(function.getNode(n)));
            }
            builder.setFunctions(i, whole);
        }
        return builder.build();
    }

    private static GraphProto of(GraphProto graph) {
        GraphProto.Builder builder = graph.toBuilder();
        for (int i = 0; i < graph.getNodeCount(); i++) {
            if (isLacking(graph.getNode(i))) {
                builder.setNode(i, of(graph.getNode(i)));
            }
        }
        return builder.build();
    }

    private static boolean isLacking(GraphProto graph) {
        return graph.getNodeList().stream().anyMatch(ExplicitZeros::isLacking);
    }

    private static boolean isLacking(NodeProto node) {
        return node.getAttributeList().stream().anyMatch(ExplicitZeros::isLacking);
    }

    private static boolean isLacking(AttributeProto attribute) {
        return isZero(attribute)
                || (attribute.hasG() && isLacking(attribute.getG()))
                || attribute.getGraphsList().stream().anyMatch(ExplicitZeros::isLacking);
    }

    /** Whether its only field would not be written; attributes of functions that refer to another have none. */
    private static boolean isZero(AttributeProto attribute) {
        if (!attribute.getRefAttrName().isEmpty()) {
            return false;
        }
        return switch (attribute.getType()) {
            case INT -> attribute.getI() == 0;
            case FLOAT -> Float.floatToRawIntBits(attribute.getF()) == 0;
            case STRING -> attribute.getS().isEmpty();
            default -> false;
        };
    }

    private static NodeProto of(NodeProto node) {
        NodeProto.Builder builder = node.toBuilder();
        for (int i = 0; i < node.getAttributeCount(); i++) {
            if (isLacking(node.getAttribute(i))) {
                builder.setAttribute(i, of(node.getAttribute(i)));
            }
        }
        return builder.build();
    }

    private static AttributeProto of(AttributeProto attribute) {
        AttributeProto.Builder builder = attribute.toBuilder();
        if (isZero(attribute)) {
            builder.setUnknownFields(zero(attribute.getType()));
        }
        if (attribute.hasG()) {
            builder.setG(of(attribute.getG()));
        }
        for (int i = 0; i < attribute.getGraphsCount(); i++) {
            builder.setGraphs(i, of(attribute.getGraphs(i)));
        }
        return builder.build();
    }

    private static UnknownFieldSet zero(AttributeType type) {
        UnknownFieldSet.Field.Builder value = UnknownFieldSet.Field.newBuilder();
        int number = switch (type) {
            case INT -> {
                value.addVarint(0);
                yield AttributeProto.I_FIELD_NUMBER;
            }
            case FLOAT -> {
                value.addFixed32(0);
                yield AttributeProto.F_FIELD_NUMBER;
            }
            case STRING -> {
                value.addLengthDelimited(ByteString.EMPTY);
                yield AttributeProto.S_FIELD_NUMBER;
            }
            default -> throw new IllegalArgumentException("attributes of type " + type + " have no zero");
        };
        return UnknownFieldSet.newBuilder().addField(number, value.build()).build();
    }
}
