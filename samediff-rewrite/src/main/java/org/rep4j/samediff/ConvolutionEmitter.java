package org.rep4j.samediff;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DepthwiseConv2D;
import org.nd4j.linalg.api.ops.impl.shape.Concat;
import org.nd4j.linalg.api.ops.impl.shape.Split;
import org.nd4j.linalg.api.ops.impl.transforms.Pad;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelAlgebra;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelRows;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Layout;

/** Writes convolutions as SameDiff ops: one op where there is one, else what the lift reads as one. */
final class ConvolutionEmitter {
    private final SameDiffSurgery surgery;

    ConvolutionEmitter(SameDiffSurgery surgery) {
        this.surgery = surgery;
    }

    void emit(Convolution conv, Provenance.Origin origin) {
        int axes = conv.geometry().rank();
        long[] sizes = conv.layout().spatialSizes(conv.input().shape(), axes);
        NativePadding padding = NativePadding.of(conv.geometry(), sizes, origin.samePadding());
        SDVariable input = surgery.variable(conv.input().name());
        List<ConvAxis> own = conv.geometry().axes();
        if (padding == NativePadding.SEPARATE) {
            input = padded(input, conv);
            own = own.stream()
                    .map(a -> new ConvAxis(a.kernel(), a.stride(), a.dilation(), 0, 0))
                    .toList();
        }
        NativeConvolutionOp op = new NativeConvolutionOp(own, padding == NativePadding.SAME, conv.layout());
        KernelRows kernel = conv.kernel().open();
        ParameterStore store = new ParameterStore(
                surgery,
                conv.output().name(),
                conv.kernel().type(),
                conv.kernel().hasBias(),
                origin.trainable());
        KernelShape shape = kernel.shape();
        if (shape.groups() == 1) {
            SDVariable[] inputs = store.inputs(input, kernel, KernelLayout.KIO);
            surgery.name(op.create(surgery.graph(), inputs), conv.output().name());
        } else if (axes != 2) {
            throw new InvalidGraphException(conv.label() + " has groups, which SameDiff knows in two dimensions only");
        } else if (shape.isDepthwise()) {
            SDVariable[] inputs = store.inputs(input, kernel, KernelLayout.KIO);
            surgery.name(
                    new DepthwiseConv2D(surgery.graph(), inputs, op.config2d()),
                    conv.output().name());
        } else {
            grouped(conv, op, input, kernel, store);
        }
    }

    /** {@code input} with the convolution's zeros around it. */
    private SDVariable padded(SDVariable input, Convolution conv) {
        ConvGeometry geometry = conv.geometry();
        int[][] amounts = new int[geometry.rank() + 2][2];
        for (int i = 0; i < geometry.rank(); i++) {
            ConvAxis axis = geometry.axes().get(i);
            amounts[conv.layout().spatialAxis(i)] = new int[] {axis.padBegin(), axis.padEnd()};
        }
        String name = surgery.freshName(conv.output().name() + "_padded");
        SDVariable stored = surgery.parameter(name + "_amounts", Nd4j.createFromArray(amounts), false);
        return surgery.name(new Pad(surgery.graph(), input, stored, Pad.Mode.CONSTANT, 0), name)[0];
    }

    private void grouped(
            Convolution conv, NativeConvolutionOp op, SDVariable input, KernelRows kernel, ParameterStore store) {
        int groups = kernel.shape().groups();
        int channelAxis = conv.layout() == Layout.CHANNELS_FIRST ? 1 : 3;
        String name = conv.output().name();
        SDVariable[] parts = surgery.name(
                new Split(surgery.graph(), input, groups, channelAxis), surgery.freshName(name + "_split"));
        SDVariable[] results = new SDVariable[groups];
        for (int g = 0; g < groups; g++) {
            SDVariable[] inputs = store.inputs(parts[g], KernelAlgebra.group(kernel, g), KernelLayout.KIO);
            DifferentialFunction part = op.create(surgery.graph(), inputs);
            results[g] = surgery.name(part, surgery.freshName(name + "_group"))[0];
        }
        surgery.name(new Concat(surgery.graph(), channelAxis, results), name);
    }
}
