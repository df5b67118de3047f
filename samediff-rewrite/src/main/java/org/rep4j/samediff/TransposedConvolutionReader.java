package org.rep4j.samediff;

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

/** Reads deconv2d: the integer arguments of conv2d, weights {@code [kH, kW, O, I]}. */
final class TransposedConvolutionReader implements OpReader {

    @Override
    public Node read(NativeOp op, LiftContext context) throws NotLiftableException {
        int padMode = op.integer(8, 0);
        if (op.integer(10, 0) != 0) {
            throw new NotLiftableException("its weights have the order " + op.integer(10, 0) + ", not [kH, kW, O, I]");
        }
        INDArray weights = context.array(op, 1, "weights");
        if (weights.rank() != 4) {
            throw new NotLiftableException("its weights have rank " + weights.rank() + ", not 4");
        }
        KernelShape shape = new KernelShape(
                (int) weights.size(2), (int) weights.size(3), 1, List.of((int) weights.size(0), (int) weights.size(1)));
        TensorData bias = op.inputs().size() > 2 ? context.data(op, 2, "biases") : null;
        Layout layout = op.integer(9, 0) == 0 ? Layout.CHANNELS_FIRST : Layout.CHANNELS_LAST;
        List<ConvAxis> axes = List.of(axis(op, shape, 0, padMode == 1), axis(op, shape, 1, padMode == 1));
        return new TransposedConvolution(
                context.info(op),
                context.computed(op, 0),
                context.output(op.output(), Shape.ofRank(4).withDim(layout.channelAxis(), shape.outChannels())),
                new StoredKernel(shape, context.data(op, 1, "weights"), KernelLayout.KOI, bias),
                new ConvGeometry(axes, padMode == 1 ? AutoPad.SAME_UPPER : AutoPad.EXPLICIT),
                List.of(0, 0),
                layout);
    }

    private static ConvAxis axis(NativeOp op, KernelShape shape, int axis, boolean same) throws NotLiftableException {
        int kernel = shape.spatial().get(axis);
        int declared = op.integer(axis, 0);
        if (declared > 0 && declared != kernel) {
            throw new NotLiftableException(
                    "it declares " + declared + " taps on spatial axis " + axis + ", its weights have " + kernel);
        }
        int pad = same ? 0 : op.integer(4 + axis, 0);
        return new ConvAxis(kernel, op.integer(2 + axis, 1), op.integer(6 + axis, 1), pad, pad);
    }
}
