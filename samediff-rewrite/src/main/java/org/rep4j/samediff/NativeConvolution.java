package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Layout;

/**
 * A convolution as its ops describe it, before it has a place in a graph.
 *
 * @param ops the ops that make it up, the one that writes the output last
 * @param input the variable that it convolves
 * @param kernel weights and bias
 * @param axes where its taps lie; with {@code same}, their pads are 0
 * @param same whether the padding follows from the size of the input (TensorFlow's SAME)
 * @param layout where the channels are
 * @param trainable whether training would change weights or bias
 */
record NativeConvolution(
        List<NativeOp> ops,
        String input,
        KernelSource kernel,
        List<ConvAxis> axes,
        boolean same,
        Layout layout,
        boolean trainable)
        implements Idiom {

    /** Copies the lists. */
    NativeConvolution {
        ops = List.copyOf(ops);
        axes = List.copyOf(axes);
    }

    /** This convolution with another op before its first. */
    NativeConvolution after(NativeOp op, List<ConvAxis> newAxes) {
        List<NativeOp> all = new ArrayList<>(List.of(op));
        all.addAll(ops);
        return new NativeConvolution(all, op.inputs().get(0), kernel, newAxes, same, layout, trainable);
    }

    /** This convolution with another op behind its last. */
    NativeConvolution before(NativeOp op, KernelSource newKernel, boolean nowTrainable) {
        List<NativeOp> all = new ArrayList<>(ops);
        all.add(op);
        return new NativeConvolution(all, input, newKernel, axes, same, layout, nowTrainable);
    }

    /** The same convolution seen from the other side of a transposition. */
    NativeConvolution in(Layout newLayout) {
        return new NativeConvolution(ops, input, kernel, axes, same, newLayout, trainable);
    }

    /** Where its taps lie, as far as that is known. */
    ConvGeometry geometry(LiftContext context) {
        long[] sizes = layout.spatialSizes(context.shape(input), axes.size());
        return same ? NativePadding.geometryOfSame(axes, sizes) : ConvGeometry.of(axes);
    }

    @Override
    public Convolution node(LiftContext context) {
        ConvGeometry geometry = geometry(context);
        NativeOp root = root();
        return new Convolution(
                context.info(root, new NativeGroup(ops, same, trainable)),
                context.value(input),
                context.output(
                        root.output(),
                        layout.outputShape(
                                context.shape(input), geometry, kernel.shape().outChannels())),
                kernel,
                geometry,
                layout);
    }
}
