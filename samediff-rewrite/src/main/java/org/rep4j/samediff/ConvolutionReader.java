package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Node;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.TensorData;

/**
 * Reads conv1d, conv2d, conv3dnew and depthwise_conv2d. Their integer arguments are, for each spatial axis in turn, kernel sizes,
 * strides, pads, dilations; then padding mode (0 explicit, 1 SAME, 2 causal), 1 for channels last, and the order of the weights
 * (0 YXIO, 1 OIYX, 2 OYXI). They, not the op's configuration object, are what runs: that one forgets the weights' order when a
 * graph is loaded.
 */
final class ConvolutionReader implements OpReader {
    private final int spatialAxes;
    private final boolean depthwise;

    ConvolutionReader(int spatialAxes, boolean depthwise) {
        this.spatialAxes = spatialAxes;
        this.depthwise = depthwise;
    }

    @Override
    public Node read(NativeOp op, LiftContext context) throws NotLiftableException {
        return parts(op, context).node(context);
    }

    /**
     * What the op computes.
     *
     * @throws NotLiftableException if its weights are not constant or do not fit its arguments
     */
    NativeConvolution parts(NativeOp op, LiftContext context) throws NotLiftableException {
        return parts(op, context, op.inputs().size() > 2);
    }

    /** {@link #parts(NativeOp, LiftContext)} where the third input is the biases only if {@code biased}. */
    NativeConvolution parts(NativeOp op, LiftContext context, boolean biased) throws NotLiftableException {
        int padMode = op.integer(4 * spatialAxes, 0);
        if (padMode != 0 && padMode != 1) {
            throw new NotLiftableException("its padding is causal");
        }
        if (op.inputs().isEmpty()) {
            throw new NotLiftableException("it has no input");
        }
        INDArray weights = context.array(op, 1, "weights");
        KernelLayout order = weightsOrder(op.integer(4 * spatialAxes + 2, 0));
        KernelShape shape = kernelShape(weights, order);
        TensorData bias = biased ? context.data(op, 2, "biases") : null;
        return new NativeConvolution(
                List.of(op),
                op.inputs().get(0),
                new StoredKernel(shape, context.data(op, 1, "weights"), order, bias),
                axes(op, shape, padMode == 1),
                padMode == 1,
                op.integer(4 * spatialAxes + 1, 0) == 0 ? Layout.CHANNELS_FIRST : Layout.CHANNELS_LAST,
                context.isTrainable(op));
    }

    private KernelLayout weightsOrder(int format) throws NotLiftableException {
        if (depthwise && format != 0) {
            throw new NotLiftableException(
                    "its weights have the order " + format + ", which Rep4J reads only in conv2d");
        }
        return switch (format) {
            case 0 -> KernelLayout.KIO;
            case 1 -> KernelLayout.OIK;
            case 2 -> KernelLayout.OKI;
            default -> throw new NotLiftableException("its weights have the unknown order " + format);
        };
    }

    private KernelShape kernelShape(INDArray weights, KernelLayout order) throws NotLiftableException {
        if (weights.rank() != spatialAxes + 2) {
            throw new NotLiftableException("its weights have rank " + weights.rank() + ", not " + (spatialAxes + 2));
        }
        int firstSpatial = order == KernelLayout.KIO ? 0 : order == KernelLayout.OKI ? 1 : 2;
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < spatialAxes; i++) {
            sizes.add((int) weights.size(firstSpatial + i));
        }
        int in = (int)
                weights.size(order == KernelLayout.KIO ? spatialAxes : order == KernelLayout.OIK ? 1 : spatialAxes + 1);
        int out = (int) weights.size(order == KernelLayout.KIO ? spatialAxes + 1 : 0);
        return depthwise ? new KernelShape(in * out, 1, in, sizes) : new KernelShape(out, in, 1, sizes);
    }

    private List<ConvAxis> axes(NativeOp op, KernelShape shape, boolean same) throws NotLiftableException {
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < spatialAxes; i++) {
            int kernel = shape.spatial().get(i);
            int declared = op.integer(i, 0);
            if (declared > 0 && declared != kernel) {
                throw new NotLiftableException(
                        "it declares " + declared + " taps on spatial axis " + i + ", its weights have " + kernel);
            }
            int pad = same ? 0 : op.integer(2 * spatialAxes + i, 0);
            int stride = op.integer(spatialAxes + i, 1);
            int dilation = op.integer(3 * spatialAxes + i, 1);
            axes.add(new ConvAxis(kernel, stride, dilation, pad, pad));
        }
        return axes;
    }
}
