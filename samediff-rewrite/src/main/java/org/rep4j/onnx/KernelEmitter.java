package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import onnx.Onnx.NodeProto;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Linear;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.TransposedConvolution;

/** Writes convolutions, transposed convolutions and linear layers. */
final class KernelEmitter {
    private final Emission emission;

    KernelEmitter(Emission emission) {
        this.emission = emission;
    }

    List<NodeProto> convolution(Convolution conv) {
        NodeProto.Builder node = start(conv, "Conv").addAllInput(parameters(conv, KernelLayout.OIK));
        geometry(node, conv.geometry(), true);
        return List.of(node.addAttribute(
                        NodeProtos.integer("group", conv.kernel().shape().groups()))
                .build());
    }

    List<NodeProto> transposed(TransposedConvolution conv) {
        NodeProto.Builder node = start(conv, "ConvTranspose").addAllInput(parameters(conv, KernelLayout.IOK));
        geometry(node, conv.geometry(), true);
        if (conv.outputPadding().stream().anyMatch(p -> p != 0)) {
            node.addAttribute(NodeProtos.integers("output_padding", conv.outputPadding()));
        }
        return List.of(node.addAttribute(
                        NodeProtos.integer("group", conv.kernel().shape().groups()))
                .build());
    }

    List<NodeProto> linear(Linear linear) {
        if (linear.rank() == 2) {
            return List.of(start(linear, "Gemm")
                    .addAllInput(parameters(linear, KernelLayout.OIK))
                    .addAttribute(NodeProtos.integer("transB", 1))
                    .build());
        }
        List<String> parameters = parameters(linear, KernelLayout.KIO);
        NodeProto.Builder product = start(linear, "MatMul").addInput(parameters.get(0));
        if (parameters.size() == 1) {
            return List.of(product.build());
        }
        String inner = emission.fresh(linear.output().name() + "_without_bias");
        NodeProto bias = NodeProtos.node(
                        "Add",
                        emission.fresh(linear.name() + "_bias_add"),
                        List.of(inner, parameters.get(1)),
                        linear.output().name())
                .build();
        return List.of(product.setOutput(0, inner).build(), bias);
    }

    private static NodeProto.Builder start(KernelNode node, String opType) {
        return NodeProtos.node(
                opType, node.name(), List.of(node.input().name()), node.output().name());
    }

    /** Names of the weights and, if there is one, the bias. */
    private List<String> parameters(KernelNode node, KernelLayout layout) {
        KernelSource kernel = node.kernel();
        if (kernel instanceof StoredKernel stored && stored.layout() == layout) {
            return emission.storedNames(stored); // a rule moved the op and left its kernel alone
        }
        return emission.kernel(kernel, layout, node.name());
    }

    /** Adds the attributes of a window; pools have no dilations in old opsets, so that those must be left out where they can. */
    static void geometry(NodeProto.Builder node, ConvGeometry geometry, boolean withDilations) {
        node.addAttribute(NodeProtos.integers("kernel_shape", axes(geometry, ConvAxis::kernel)));
        node.addAttribute(NodeProtos.integers("strides", axes(geometry, ConvAxis::stride)));
        if (withDilations) {
            node.addAttribute(NodeProtos.integers("dilations", axes(geometry, ConvAxis::dilation)));
        }
        if (geometry.isResolved()) {
            List<Integer> pads = new ArrayList<>(axes(geometry, ConvAxis::padBegin));
            pads.addAll(axes(geometry, ConvAxis::padEnd));
            node.addAttribute(NodeProtos.integers("pads", pads));
        } else {
            node.addAttribute(NodeProtos.text("auto_pad", geometry.autoPad().name()));
        }
    }

    private static List<Integer> axes(ConvGeometry geometry, ToIntFunction<ConvAxis> number) {
        return geometry.axes().stream().map(number::applyAsInt).toList();
    }
}
