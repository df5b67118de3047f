package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelAlgebra;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelRows;
import org.rep4j.graph.InvalidGraphException;
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
        NativeTransposedOp op = new NativeTransposedOp(axes, same, conv.layout());
        GroupedEmitter.Part each =
                (part, weights) -> op.create(surgery.graph(), store.inputs(part, weights, KernelLayout.KOI));
        return kernel.shape().groups() == 1
                ? surgery.name(each.create(input, kernel), name)[0]
                : groups.emit(input, kernel, conv.layout(), name, each);
    }
}
