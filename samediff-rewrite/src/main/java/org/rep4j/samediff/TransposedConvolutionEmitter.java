package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DeConv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DeConv3D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv3DConfig;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelAlgebra;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelRows;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Layout;
import org.rep4j.graph.TransposedConvolution;

/**
 * Writes transposed convolutions. SameDiff's cut off as much at both ends of an axis; what should be cut unevenly is written
 * whole, then cut, and what should reach further gets taps of zeros.
 */
final class TransposedConvolutionEmitter {
    private final SameDiffSurgery surgery;
    private final PadEmitter pads;
    private final GroupedEmitter groups;

    TransposedConvolutionEmitter(SameDiffSurgery surgery) {
        this.surgery = surgery;
        this.pads = new PadEmitter(surgery);
        this.groups = new GroupedEmitter(surgery);
    }

    void emit(TransposedConvolution conv, Provenance.Origin origin) {
        int rank = conv.geometry().rank();
        boolean extended = conv.outputPadding().stream().anyMatch(p -> p != 0);
        if (rank == 1 || (extended && !conv.geometry().isResolved())) {
            throw new InvalidGraphException(
                    conv.label() + " has geometry " + conv.geometry() + ", which SameDiff has no op for");
        }
        List<ConvAxis> axes = conv.geometry().axes();
        boolean even = !extended && axes.stream().allMatch(a -> a.padBegin() == a.padEnd());
        String name = conv.output().name();
        if (even) {
            write(conv, axes, conv.kernel().open(), origin, name);
            return;
        }
        List<ConvAxis> bare = new ArrayList<>();
        List<ConvAxis> whole = new ArrayList<>();
        List<Integer> begin = new ArrayList<>(Collections.nCopies(rank + 2, 0));
        List<Integer> end = new ArrayList<>(begin);
        for (int i = 0; i < rank; i++) {
            ConvAxis axis = axes.get(i);
            int beyond = Math.max(0, conv.outputPadding().get(i) - axis.padEnd());
            int taps = (beyond + axis.dilation() - 1) / axis.dilation();
            bare.add(new ConvAxis(axis.kernel(), axis.stride(), axis.dilation(), 0, 0));
            whole.add(new ConvAxis(axis.kernel() + taps, axis.stride(), axis.dilation(), 0, 0));
            begin.set(conv.layout().spatialAxis(i), -axis.padBegin());
            end.set(conv.layout().spatialAxis(i), conv.outputPadding().get(i) - axis.padEnd() - taps * axis.dilation());
        }
        KernelRows kernel = KernelAlgebra.grow(conv.kernel().open(), ConvGeometry.of(bare), ConvGeometry.of(whole));
        SDVariable uncut = write(conv, whole, kernel, origin, surgery.freshName(name + "_whole"));
        pads.emit(uncut, begin, end, 0, name);
    }

    private SDVariable write(
            TransposedConvolution conv, List<ConvAxis> axes, KernelRows kernel, Provenance.Origin origin, String name) {
        ParameterStore store = new ParameterStore(
                surgery,
                conv.output().name(),
                conv.kernel().type(),
                conv.kernel().hasBias(),
                origin.trainable());
        SDVariable input = surgery.variable(conv.input().name());
        boolean same = !conv.geometry().isResolved();
        GroupedEmitter.Part op = (part, weights) ->
                op(surgery.graph(), store.inputs(part, weights, KernelLayout.KOI), axes, same, conv.layout());
        return kernel.shape().groups() == 1
                ? surgery.name(op.create(input, kernel), name)[0]
                : groups.emit(input, kernel, conv.layout(), name, op);
    }

    private static DifferentialFunction op(
            SameDiff graph, SDVariable[] inputs, List<ConvAxis> axes, boolean same, Layout layout) {
        boolean channelsFirst = layout == Layout.CHANNELS_FIRST;
        if (axes.size() == 2) {
            return new DeConv2D(graph, inputs, config2d(axes, same, channelsFirst));
        }
        DeConv3DConfig config = config3d(axes, same, channelsFirst);
        return inputs.length == 3
                ? new DeConv3D(graph, inputs[0], inputs[1], inputs[2], config)
                : new DeConv3D(graph, inputs[0], inputs[1], config);
    }

    private static DeConv2DConfig config2d(List<ConvAxis> axes, boolean same, boolean channelsFirst) {
        return DeConv2DConfig.builder()
                .kH(axes.get(0).kernel())
                .kW(axes.get(1).kernel())
                .sH(axes.get(0).stride())
                .sW(axes.get(1).stride())
                .pH(axes.get(0).padBegin())
                .pW(axes.get(1).padBegin())
                .dH(axes.get(0).dilation())
                .dW(axes.get(1).dilation())
                .isSameMode(same)
                .dataFormat(channelsFirst ? "NCHW" : "NHWC")
                .build();
    }

    private static DeConv3DConfig config3d(List<ConvAxis> axes, boolean same, boolean channelsFirst) {
        return DeConv3DConfig.builder()
                .kD(axes.get(0).kernel())
                .kH(axes.get(1).kernel())
                .kW(axes.get(2).kernel())
                .sD(axes.get(0).stride())
                .sH(axes.get(1).stride())
                .sW(axes.get(2).stride())
                .pD(axes.get(0).padBegin())
                .pH(axes.get(1).padBegin())
                .pW(axes.get(2).padBegin())
                .dD(axes.get(0).dilation())
                .dH(axes.get(1).dilation())
                .dW(axes.get(2).dilation())
                .isSameMode(same)
                .dataFormat(channelsFirst ? "NCDHW" : "NDHWC")
                .build();
    }
}
