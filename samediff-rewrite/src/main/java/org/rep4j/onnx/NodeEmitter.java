package org.rep4j.onnx;

import java.util.List;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Sum;
import org.rep4j.graph.TransposedConvolution;

/** Writes the nodes that rules made as ONNX nodes, with their weights as new initializers. */
final class NodeEmitter {
    private final Emission emission;
    private final KernelEmitter kernels;
    private final ArithmeticEmitter arithmetic;
    private final StructureEmitter structure;

    NodeEmitter(ConvGraph graph, OnnxModel source, Constants constants) {
        emission = new Emission(graph, source, constants);
        kernels = new KernelEmitter(emission);
        arithmetic = new ArithmeticEmitter(emission);
        structure = new StructureEmitter(emission, arithmetic);
    }

    /** The initializers that the emitted nodes read. */
    List<NewTensor> tensors() {
        return emission.tensors();
    }

    /** The ONNX nodes for a node that a rule made, in the order in which they run. */
    List<NodeProto> emit(Node node) {
        if (node instanceof Convolution conv) {
            return kernels.convolution(conv);
        }
        if (node instanceof TransposedConvolution conv) {
            return kernels.transposed(conv);
        }
        if (node instanceof Linear linear) {
            return kernels.linear(linear);
        }
        if (node instanceof Sum sum) {
            return arithmetic.sum(sum);
        }
        if (node instanceof BatchNormalization norm) {
            return arithmetic.batchNorm(norm);
        }
        if (node instanceof ChannelScale scale) {
            return arithmetic.scale(scale);
        }
        if (node instanceof ChannelShift shift) {
            return arithmetic.shift(shift);
        }
        if (node instanceof Pad pad) {
            return structure.pad(pad);
        }
        if (node instanceof AveragePool pool) {
            return structure.averagePool(pool);
        }
        if (node instanceof Concat concat) {
            return structure.concat(concat);
        }
        if (node instanceof Identity identity) {
            return structure.identity(identity);
        }
        throw new IllegalStateException("no rule makes a node like " + node.label());
    }

    /** The entry among the graph's inputs that old files want for each initializer. */
    static ValueInfoProto declaration(NewTensor tensor) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        tensor.dims().forEach(d -> shape.addDimBuilder().setDimValue(d));
        return ValueInfoProto.newBuilder()
                .setName(tensor.name())
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(tensor.dataType())
                                .setShape(shape)))
                .build();
    }
}
