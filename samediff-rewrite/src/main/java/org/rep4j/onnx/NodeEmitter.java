package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.Sum;
import org.rep4j.graph.TransposedConvolution;

/** Writes the nodes that rules made as ONNX nodes, with their weights as new initializers. */
final class NodeEmitter {
    private final ConvGraph graph;
    private final Constants constants;
    private final List<NewTensor> tensors = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();

    NodeEmitter(ConvGraph graph, Constants constants) {
        this.graph = graph;
        this.constants = constants;
    }

    /** The initializers that the emitted nodes read. */
    List<NewTensor> tensors() {
        return tensors;
    }

    /** The ONNX nodes for a node that a rule made. */
    List<NodeProto> emit(Node node) {
        if (node instanceof Convolution conv) {
            return List.of(convolution(conv));
        }
        if (node instanceof TransposedConvolution conv) {
            return List.of(transposed(conv));
        }
        if (node instanceof Linear linear) {
            return linear(linear);
        }
        if (node instanceof Sum sum) {
            return sum(sum);
        }
        throw new IllegalStateException("no rule makes a node like " + node.label());
    }

    private NodeProto convolution(Convolution conv) {
        NodeProto.Builder node = start(conv, "Conv").addAllInput(parameters(conv, KernelLayout.OIK));
        geometry(node, conv.geometry());
        return node.addAttribute(integer("group", conv.kernel().shape().groups()))
                .build();
    }

    private NodeProto transposed(TransposedConvolution conv) {
        NodeProto.Builder node = start(conv, "ConvTranspose").addAllInput(parameters(conv, KernelLayout.IOK));
        geometry(node, conv.geometry());
        if (conv.outputPadding().stream().anyMatch(p -> p != 0)) {
            node.addAttribute(integers("output_padding", conv.outputPadding()));
        }
        return node.addAttribute(integer("group", conv.kernel().shape().groups()))
                .build();
    }

    private List<NodeProto> linear(Linear linear) {
        if (linear.rank() == 2) {
            return List.of(start(linear, "Gemm")
                    .addAllInput(parameters(linear, KernelLayout.OIK))
                    .addAttribute(integer("transB", 1))
                    .build());
        }
        List<String> parameters = parameters(linear, KernelLayout.KIO);
        NodeProto.Builder product = start(linear, "MatMul").addInput(parameters.get(0));
        if (parameters.size() == 1) {
            return List.of(product.build());
        }
        String inner = fresh(linear.output().name() + "_without_bias");
        NodeProto bias = NodeProto.newBuilder()
                .setOpType("Add")
                .setName(fresh(linear.name() + "_bias_add"))
                .addInput(inner)
                .addInput(parameters.get(1))
                .addOutput(linear.output().name())
                .build();
        return List.of(product.setOutput(0, inner).build(), bias);
    }

    /** A chain of Adds: every opset has it, and all of them broadcast alike. */
    private List<NodeProto> sum(Sum sum) {
        List<NodeProto> nodes = new ArrayList<>();
        int last = sum.inputs().size() - 1;
        String partial = sum.inputs().get(0).name();
        for (int i = 1; i <= last; i++) {
            String output = i == last ? sum.output().name() : fresh(sum.output().name() + "_partial");
            nodes.add(NodeProto.newBuilder()
                    .setOpType("Add")
                    .setName(i == last ? sum.name() : fresh(sum.name() + "_partial"))
                    .addInput(partial)
                    .addInput(sum.inputs().get(i).name())
                    .addOutput(output)
                    .build());
            partial = output;
        }
        return nodes;
    }

    private static NodeProto.Builder start(KernelNode node, String opType) {
        return NodeProto.newBuilder()
                .setOpType(opType)
                .setName(node.name())
                .addInput(node.input().name())
                .addOutput(node.output().name());
    }

    /** Names of the weights and, if there is one, the bias. */
    private List<String> parameters(KernelNode node, KernelLayout layout) {
        KernelSource kernel = node.kernel();
        if (kernel instanceof StoredKernel stored && stored.layout() == layout) {
            return storedNames(stored); // a rule moved the op and left its kernel alone
        }
        List<NewTensor> parameters = KernelTensors.of(
                kernel, layout, fresh(node.name() + ".weight"), kernel.hasBias() ? fresh(node.name() + ".bias") : null);
        tensors.addAll(parameters);
        return parameters.stream().map(NewTensor::name).toList();
    }

    private List<String> storedNames(StoredKernel stored) {
        List<String> names = new ArrayList<>(List.of(constants.nameOf(stored.weights())));
        stored.bias().map(constants::nameOf).ifPresent(names::add);
        return names;
    }

    private static void geometry(NodeProto.Builder node, ConvGeometry geometry) {
        node.addAttribute(integers("kernel_shape", axes(geometry, ConvAxis::kernel)));
        node.addAttribute(integers("strides", axes(geometry, ConvAxis::stride)));
        node.addAttribute(integers("dilations", axes(geometry, ConvAxis::dilation)));
        if (geometry.isResolved()) {
            List<Integer> pads = new ArrayList<>(axes(geometry, ConvAxis::padBegin));
            pads.addAll(axes(geometry, ConvAxis::padEnd));
            node.addAttribute(integers("pads", pads));
        } else {
            node.addAttribute(AttributeProto.newBuilder()
                    .setName("auto_pad")
                    .setType(AttributeProto.AttributeType.STRING)
                    .setS(ByteString.copyFromUtf8(geometry.autoPad().name())));
        }
    }

    private static List<Integer> axes(ConvGeometry geometry, ToIntFunction<ConvAxis> number) {
        return geometry.axes().stream().map(number::applyAsInt).toList();
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static AttributeProto integers(String name, List<Integer> values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        values.forEach(v -> attribute.addInts(v));
        return attribute.build();
    }

    /** The entry among the graph's inputs that old files want for each initializer. */
    static ValueInfoProto declaration(NewTensor tensor) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        tensor.dims().forEach(d -> shape.addDimBuilder().setDimValue(d));
        return ValueInfoProto.newBuilder()
                .setName(tensor.name())
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorCodec.dataType(tensor.type()))
                                .setShape(shape)))
                .build();
    }

    private String fresh(String base) {
        String name = graph.freshName(base);
        for (int n = 1; !taken.add(name); n++) {
            name = graph.freshName(base + "_" + n);
        }
        return name;
    }
}
