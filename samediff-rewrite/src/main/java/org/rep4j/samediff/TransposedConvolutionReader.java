package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.TensorData;
import org.rep4j.graph.TransposedConvolution;

/** Reads deconv2d and deconv3d: the integer arguments of convolutions, weights {@code [k…, O, I]}. */
final class TransposedConvolutionReader implements OpReader {
    private final int spatialAxes;

    TransposedConvolutionReader(int spatialAxes) {
        this.spatialAxes = spatialAxes;
    }

    @Override
    public Node read(NativeOp op, LiftContext context) throws NotLiftableException {
        boolean same = op.integer(4 * spatialAxes, 0) == 1;
        int order = op.integer(4 * spatialAxes + 2, 0);
        if (order != 0) {
            throw new NotLiftableException("its weights have the order " + order + ", not taps, O, I");
        }
        INDArray weights = context.array(op, 1, "weights");
        int rank = spatialAxes + 2;
        if (weights.rank() != rank) {
            throw new NotLiftableException("its weights have rank " + weights.rank() + ", not " + rank);
        }
        List<Integer> taps = new ArrayList<>();
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < spatialAxes; i++) {
            taps.add((int) weights.size(i));
            axes.add(axis(op, taps.get(i), i, same));
        }
        KernelShape shape =
                new KernelShape((int) weights.size(spatialAxes), (int) weights.size(spatialAxes + 1), 1, taps);
        TensorData bias = op.inputs().size() > 2 ? context.data(op, 2, "biases") : null;
        Layout layout = op.integer(4 * spatialAxes + 1, 0) == 0 ? Layout.CHANNELS_FIRST : Layout.CHANNELS_LAST;
        return new TransposedConvolution(
                context.info(op, new NativeGroup(List.of(op), same, context.isTrainable(op))),
                context.computed(op, 0),
                context.output(op.output(), outputShape(context.computed(op, 0).shape(), axes, same, layout, shape)),
                new StoredKernel(shape, context.data(op, 1, "weights"), KernelLayout.KOI, bias),
                new ConvGeometry(axes, same ? AutoPad.SAME_UPPER : AutoPad.EXPLICIT),
                Collections.nCopies(spatialAxes, 0),
                layout);
    }

    private static Shape outputShape(
            Shape input, List<ConvAxis> axes, boolean same, Layout layout, KernelShape kernel) {
        long[] sizes = layout.spatialSizes(input, axes.size());
        for (int i = 0; i < sizes.length; i++) {
            ConvAxis axis = axes.get(i);
            if (sizes[i] >= 0) {
                sizes[i] = same ? sizes[i] * axis.stride() : (sizes[i] - 1) * axis.stride() + 1 - axis.slack();
            }
        }
        return layout.withSpatialSizes(input, sizes).withDim(layout.channelAxis(), kernel.outChannels());
    }

    private ConvAxis axis(NativeOp op, int kernel, int axis, boolean same) throws NotLiftableException {
        int declared = op.integer(axis, 0);
        if (declared > 0 && declared != kernel) {
            throw new NotLiftableException(
                    "it declares " + declared + " taps on spatial axis " + axis + ", its weights have " + kernel);
        }
        int pad = same ? 0 : op.integer(2 * spatialAxes + axis, 0);
        return new ConvAxis(kernel, op.integer(spatialAxes + axis, 1), op.integer(3 * spatialAxes + axis, 1), pad, pad);
    }
}
