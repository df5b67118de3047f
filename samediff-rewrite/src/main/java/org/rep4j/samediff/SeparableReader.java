package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Node;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.TensorData;
import org.rep4j.graph.Value;

/**
 * Reads sconv2d as the two convolutions that it is: a depthwise one with the op's arguments, and a 1×1 one, which has the bias.
 * The inputs are x, weights {@code [kH, kW, I, multiplier]}, weights {@code [1, 1, I·multiplier, O]}, biases.
 */
final class SeparableReader implements OpSeriesReader {
    private static final ConvolutionReader DEPTHWISE = new ConvolutionReader(2, true);

    @Override
    public List<Node> read(NativeOp op, LiftContext context) throws NotLiftableException {
        INDArray weights = context.array(op, 2, "weights of 1x1 taps");
        if (weights.rank() != 4 || weights.size(0) != 1 || weights.size(1) != 1) {
            throw new NotLiftableException("its third input is no 1x1 kernel");
        }
        NativeConvolution parts = DEPTHWISE.parts(op, context, false);
        Value between = context.inner(
                op,
                "depthwise",
                parts.layout()
                        .outputShape(
                                context.shape(parts.input()),
                                parts.geometry(context),
                                parts.kernel().shape().outChannels()));
        Convolution depthwise = new Convolution(
                context.innerInfo(op, between, parts.same()),
                context.value(parts.input()),
                between,
                parts.kernel(),
                parts.geometry(context),
                parts.layout());
        KernelShape shape = new KernelShape((int) weights.size(3), (int) weights.size(2), 1, List.of(1, 1));
        TensorData bias = op.inputs().size() > 3 ? context.data(op, 3, "biases") : null;
        List<ConvAxis> axes = new ArrayList<>(Collections.nCopies(2, ConvAxis.pointwise(1)));
        NativeConvolution pointwise = new NativeConvolution(
                List.of(op),
                between.name(),
                new StoredKernel(shape, context.data(op, 2, "weights"), KernelLayout.KIO, bias),
                axes,
                false,
                parts.layout(),
                parts.trainable());
        return List.of(depthwise, pointwise.node(context));
    }
}
