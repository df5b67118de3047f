package org.rep4j.onnx;

import java.util.List;
import java.util.function.UnaryOperator;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.ValueInfoProto;
import org.rep4j.graph.Shape;

/** What is inferred of a model of which only the inputs are declared. */
final class Inferences {
    private final LiftContext context;

    private Inferences(LiftContext context) {
        this.context = context;
    }

    /** Infers all values in a strict context. */
    static Inferences strict(OnnxModel model) {
        GraphProto.Builder graph = model.proto().getGraph().toBuilder().clearValueInfo();
        for (ValueInfoProto.Builder output : graph.getOutputBuilderList()) {
            output.getTypeBuilder().getTensorTypeBuilder().clearShape();
        }
        return of(LiftContext.strict(with(model, graph)));
    }

    /** Infers all values, in the order of the nodes. */
    static Inferences of(LiftContext context) {
        for (NodeProto node : context.index().graph().getNodeList()) {
            if (!context.isConstant(node)) {
                OutputShapes.define(node, context);
            }
        }
        return new Inferences(context);
    }

    /** The model with the sizes of its inputs replaced: of those of an input, one for each axis, −1 to hide it. */
    static OnnxModel declaring(OnnxModel model, UnaryOperator<List<Long>> change) {
        GraphProto.Builder graph = model.proto().getGraph().toBuilder();
        for (ValueInfoProto.Builder input : graph.getInputBuilderList()) {
            List<Long> dims = OnnxModel.value(input.build()).shape().dims();
            if (dims != null) {
                input.getTypeBuilder().getTensorTypeBuilder().clearShape();
                input.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
                for (long dim : change.apply(dims)) {
                    input.getTypeBuilder()
                            .getTensorTypeBuilder()
                            .getShapeBuilder()
                            .addDimBuilder()
                            .setDimValue(dim);
                }
            }
        }
        return with(model, graph);
    }

    private static OnnxModel with(OnnxModel model, GraphProto.Builder graph) {
        ModelProto changed = model.proto().toBuilder().setGraph(graph).build();
        return new OnnxModel(changed, model.files(), model.newTensors());
    }

    LiftContext context() {
        return context;
    }

    Shape shape(String name) {
        return context.value(name).shape();
    }

    /** Whether what is known of {@code inferred} is true of a tensor of shape {@code actual}. */
    static boolean holds(Shape inferred, Shape actual) {
        if (inferred.dims() == null) {
            return true;
        }
        boolean holds = inferred.rank() == actual.rank();
        for (int i = 0; i < inferred.rank() && holds; i++) {
            holds = inferred.dim(i) < 0 || inferred.dim(i) == actual.dim(i);
        }
        return holds;
    }
}
