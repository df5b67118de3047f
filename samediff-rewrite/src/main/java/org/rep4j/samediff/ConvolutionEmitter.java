package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DepthwiseConv2D;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelAlgebra;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelRows;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.Layout;
import org.rep4j.graph.TransposedConvolution;

/** Writes convolutions and average pools as SameDiff ops: one op where there is one, else what the lift reads as one. */
final class ConvolutionEmitter {
    private final SameDiffSurgery surgery;
    private final PadEmitter pads;
    private final GroupedEmitter groups;
    private final TransposedConvolutionEmitter transposed;

    ConvolutionEmitter(SameDiffSurgery surgery, TransposedConvolutionEmitter transposed) {
        this.surgery = surgery;
        this.transposed = transposed;
        this.pads = new PadEmitter(surgery);
        this.groups = new GroupedEmitter(surgery);
    }

    void emit(Convolution conv, Provenance.Origin origin) {
        if (isTransposed(conv)) {
            transposed.emit(asTransposed(conv), origin);
            return;
        }
        String name = conv.output().name();
        long[] sizes =
                conv.layout().spatialSizes(conv.input().shape(), conv.geometry().rank());
        NativePadding padding = NativePadding.of(conv.geometry(), sizes, origin.samePadding());
        SDVariable input = surgery.variable(conv.input().name());
        List<ConvAxis> own = conv.geometry().axes();
        if (padding == NativePadding.SEPARATE) {
            input = padded(input, conv.geometry(), conv.layout(), name);
            own = unpadded(own);
        }
        KernelRows kernel = conv.kernel().open();
        ParameterStore store = new ParameterStore(
                surgery, name, conv.kernel().type(), conv.kernel().hasBias(), origin.trainable());
        if (SparseTaps.areRefused(input.dataType(), own) && SparseTaps.canBeDense(own)) {
            List<ConvAxis> dense = SparseTaps.dense(own);
            kernel = KernelAlgebra.grow(kernel, ConvGeometry.of(own), ConvGeometry.of(dense));
            own = dense;
        }
        NativeConvolutionOp op = new NativeConvolutionOp(own, padding == NativePadding.SAME, conv.layout());
        KernelShape shape = kernel.shape();
        if (shape.groups() == 1) {
            surgery.name(op.create(surgery.graph(), store.inputs(input, kernel, KernelLayout.KIO)), name);
        } else if (shape.isDepthwise() && own.size() == 2) {
            SDVariable[] inputs = store.inputs(input, kernel, KernelLayout.KIO);
            surgery.name(new DepthwiseConv2D(surgery.graph(), inputs, op.config2d()), name);
        } else {
            groups.emit(
                    input,
                    kernel,
                    conv.layout(),
                    name,
                    (part, weights) -> op.create(surgery.graph(), store.inputs(part, weights, KernelLayout.KIO)));
        }
    }

    /** Whether a transposed convolution, which costs no more, has to stand for one that throws. */
    private boolean isTransposed(Convolution conv) {
        ConvGeometry geometry = conv.geometry();
        return SparseTaps.areRefused(surgery.variable(conv.input().name()).dataType(), geometry.axes())
                && geometry.isResolved()
                && geometry.rank() > 1
                && !(geometry.rank() == 2 && conv.kernel().shape().isDepthwise())
                && geometry.axes().stream().allMatch(a -> a.stride() == 1)
                && SparseTaps.canBeTransposed(geometry.axes());
    }

    private static TransposedConvolution asTransposed(Convolution conv) {
        return new TransposedConvolution(
                conv.info(),
                conv.input(),
                conv.output(),
                FoldedKernel.reverse(conv.kernel()),
                ConvGeometry.of(SparseTaps.transposed(conv.geometry().axes())),
                Collections.nCopies(conv.geometry().rank(), 0),
                conv.layout());
    }

    void emit(AveragePool pool, Provenance.Origin origin) {
        String name = pool.output().name();
        ConvGeometry geometry = pool.geometry();
        long[] sizes = pool.layout().spatialSizes(pool.input().shape(), geometry.rank());
        NativePadding padding = NativePadding.of(geometry, sizes, origin.samePadding());
        SDVariable input = surgery.variable(pool.input().name());
        List<ConvAxis> own = geometry.axes();
        // Zeros that count may as well be there; only avgpool2d can count those that it pads itself.
        boolean separable = pool.countIncludesPadding() && geometry.isResolved();
        if (separable && (padding == NativePadding.SEPARATE || geometry.rank() != 2)) {
            input = padded(input, geometry, pool.layout(), name);
            own = unpadded(own);
            padding = NativePadding.OWN;
        }
        NativePoolOp op =
                new NativePoolOp(own, padding == NativePadding.SAME, pool.countIncludesPadding(), pool.layout());
        if (padding == NativePadding.SEPARATE) {
            throw NativePoolOp.inexpressible(pool);
        }
        surgery.name(op.create(surgery.graph(), input, pool), name);
    }

    private static List<ConvAxis> unpadded(List<ConvAxis> axes) {
        return axes.stream()
                .map(a -> new ConvAxis(a.kernel(), a.stride(), a.dilation(), 0, 0))
                .toList();
    }

    /** {@code input} with the geometry's zeros around it; itself where there are none. */
    private SDVariable padded(SDVariable input, ConvGeometry geometry, Layout layout, String name) {
        List<Integer> begin = new ArrayList<>(Collections.nCopies(geometry.rank() + 2, 0));
        List<Integer> end = new ArrayList<>(begin);
        for (int i = 0; i < geometry.rank(); i++) {
            begin.set(layout.spatialAxis(i), geometry.axes().get(i).padBegin());
            end.set(layout.spatialAxis(i), geometry.axes().get(i).padEnd());
        }
        boolean pads = begin.stream().anyMatch(p -> p > 0) || end.stream().anyMatch(p -> p > 0);
        return pads ? this.pads.emit(input, begin, end, 0, surgery.freshName(name + "_padded")) : input;
    }
}
