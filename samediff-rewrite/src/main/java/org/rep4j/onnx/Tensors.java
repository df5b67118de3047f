package org.rep4j.onnx;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.FunctionProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.SparseTensorProto;
import onnx.Onnx.TensorProto;

/** Finds every tensor that a model stores: initializers, attributes, those of subgraphs and functions. */
final class Tensors {
    private Tensors() {}

    static void forEach(ModelProto model, Consumer<TensorProto> visitor) {
        forEach(model.getGraph(), visitor);
        for (FunctionProto function : model.getFunctionsList()) {
            function.getNodeList().forEach(n -> forEach(n, visitor));
        }
    }

    private static void forEach(GraphProto graph, Consumer<TensorProto> visitor) {
        graph.getInitializerList().forEach(visitor);
        graph.getSparseInitializerList().forEach(s -> forEach(s, visitor));
        graph.getNodeList().forEach(n -> forEach(n, visitor));
    }

    private static void forEach(SparseTensorProto sparse, Consumer<TensorProto> visitor) {
        visitor.accept(sparse.getIndices());
        visitor.accept(sparse.getValues());
    }

    private static void forEach(NodeProto node, Consumer<TensorProto> visitor) {
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.hasT()) {
                visitor.accept(attribute.getT());
            }
            attribute.getTensorsList().forEach(visitor);
            if (attribute.hasSparseTensor()) {
                forEach(attribute.getSparseTensor(), visitor);
            }
            attribute.getSparseTensorsList().forEach(s -> forEach(s, visitor));
            if (attribute.hasG()) {
                forEach(attribute.getG(), visitor);
            }
            attribute.getGraphsList().forEach(g -> forEach(g, visitor));
        }
    }

    /** The model with each tensor replaced by what {@code change} makes of it. */
    static ModelProto map(ModelProto model, UnaryOperator<TensorProto> change) {
        ModelProto.Builder builder = model.toBuilder();
        map(builder.getGraphBuilder(), change);
        builder.getFunctionsBuilderList().forEach(f -> f.getNodeBuilderList().forEach(n -> map(n, change)));
        return builder.build();
    }

    private static void map(GraphProto.Builder graph, UnaryOperator<TensorProto> change) {
        for (int i = 0; i < graph.getInitializerCount(); i++) {
            graph.setInitializer(i, change.apply(graph.getInitializer(i)));
        }
        graph.getSparseInitializerBuilderList().forEach(s -> map(s, change));
        graph.getNodeBuilderList().forEach(n -> map(n, change));
    }

    private static void map(SparseTensorProto.Builder sparse, UnaryOperator<TensorProto> change) {
        sparse.setIndices(change.apply(sparse.getIndices()));
        sparse.setValues(change.apply(sparse.getValues()));
    }

    private static void map(NodeProto.Builder node, UnaryOperator<TensorProto> change) {
        for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
            if (attribute.hasT()) {
                attribute.setT(change.apply(attribute.getT()));
            }
            for (int i = 0; i < attribute.getTensorsCount(); i++) {
                attribute.setTensors(i, change.apply(attribute.getTensors(i)));
            }
            if (attribute.hasSparseTensor()) {
                map(attribute.getSparseTensorBuilder(), change);
            }
            attribute.getSparseTensorsBuilderList().forEach(s -> map(s, change));
            if (attribute.hasG()) {
                map(attribute.getGBuilder(), change);
            }
            attribute.getGraphsBuilderList().forEach(g -> map(g, change));
        }
    }
}
