package org.rep4j.samediff;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DeConv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.api.ops.impl.transforms.custom.XwPlusB;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Sum;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;

/** Writes the nodes that rules make as SameDiff ops. */
final class OpEmitter {
    private final SameDiffSurgery surgery;
    private final ConvolutionEmitter convolutions;

    OpEmitter(SameDiffSurgery surgery) {
        this.surgery = surgery;
        this.convolutions = new ConvolutionEmitter(surgery);
    }

    void convolution(Convolution conv, Provenance.Origin origin) {
        convolutions.emit(conv, origin);
    }

    void transposed(TransposedConvolution conv, Provenance.Origin origin) {
        ConvAxis height = conv.geometry().axes().get(0);
        ConvAxis width = conv.geometry().axes().get(1);
        DeConv2DConfig config = DeConv2DConfig.builder()
                .kH(height.kernel())
                .kW(width.kernel())
                .sH(height.stride())
                .sW(width.stride())
                .pH(height.padBegin())
                .pW(width.padBegin())
                .dH(height.dilation())
                .dW(width.dilation())
                .isSameMode(!conv.geometry().isResolved())
                .dataFormat(conv.layout() == Layout.CHANNELS_FIRST ? "NCHW" : "NHWC")
                .build();
        SDVariable[] inputs = inputs(conv, KernelLayout.KOI, origin);
        surgery.name(
                new DeConv2D(surgery.graph(), inputs, config), conv.output().name());
    }

    void linear(Linear linear, Provenance.Origin origin) {
        SameDiff graph = surgery.graph();
        SDVariable[] inputs = inputs(linear, KernelLayout.KIO, origin);
        surgery.name(
                inputs.length == 3
                        ? new XwPlusB(graph, inputs[0], inputs[1], inputs[2])
                        : new Mmul(graph, inputs[0], inputs[1]),
                linear.output().name());
    }

    /** A sum of n operands as n − 1 additions. */
    void sum(Sum sum) {
        List<Value> operands = sum.inputs();
        SDVariable total = surgery.variable(operands.get(0).name());
        for (int i = 1; i < operands.size(); i++) {
            String name = i == operands.size() - 1
                    ? sum.output().name()
                    : surgery.freshName(sum.output().name() + "_partial");
            SDVariable operand = surgery.variable(operands.get(i).name());
            total = surgery.name(new AddOp(surgery.graph(), total, operand), name)[0];
        }
    }

    /** The op's input, weights and, if it has them, biases. */
    private SDVariable[] inputs(KernelNode node, KernelLayout order, Provenance.Origin origin) {
        ParameterStore store = new ParameterStore(
                surgery,
                node.output().name(),
                node.kernel().type(),
                node.kernel().hasBias(),
                origin.trainable());
        return store.inputs(surgery.variable(node.input().name()), node.kernel().open(), order);
    }
}
