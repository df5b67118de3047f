package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.graph.Layout;
import org.rep4j.layers.RepBlock;
import org.rep4j.samediff.NativeTransposedOp;

/** Writes layers, of exactly Deeplearning4j's classes: subclasses may compute something else. */
final class LayerExport {
    /** What linear maps are called. */
    static final String LINEAR = "linear";

    private static final Set<ConvolutionMode> MODES =
            EnumSet.of(ConvolutionMode.Same, ConvolutionMode.Truncate, ConvolutionMode.Strict);

    private final ExportScope scope;
    private final VertexParameters parameters;

    LayerExport(ExportScope scope, VertexParameters parameters) {
        this.scope = scope;
        this.parameters = parameters;
    }

    /** Writes a layer; returns what it makes of a value. */
    Signal write(Layer layer, Signal input) {
        if (layer instanceof RepBlock block) {
            input.require(4);
            return input.like(new BlockExport(scope, Lift.layout(block.getCnn2dDataFormat()), parameters.table())
                    .write(block, input.variable()));
        }
        Class<?> type = layer.getClass();
        if (type == ConvolutionLayer.class
                || type == DepthwiseConvolution2D.class
                || type == SeparableConvolution2D.class
                || type == Deconvolution2D.class) {
            input.require(4);
            ConvolutionLayer convolution = (ConvolutionLayer) layer;
            return activated(convolution, input.like(convolution(convolution, input.variable())));
        }
        if (type == Convolution1DLayer.class || type == Convolution3D.class) {
            input.require(type == Convolution1DLayer.class ? 3 : 5);
            ConvolutionLayer convolution = (ConvolutionLayer) layer;
            SDVariable result = new SeriesExport(scope, parameters).write(convolution, input.variable());
            return activated(convolution, input.like(result));
        }
        if (type == BatchNormalization.class) {
            return new BatchNormExport(scope).write((BatchNormalization) layer, parameters, input);
        }
        if (type == DenseLayer.class) {
            DenseLayer dense = (DenseLayer) layer;
            if (dense.hasLayerNorm()) {
                throw new InexpressibleException("it normalizes its sums");
            }
            return activated(dense, linear(dense.hasBias(), input));
        }
        if (type == OutputLayer.class) {
            OutputLayer output = (OutputLayer) layer;
            return activated(output, linear(output.hasBias(), input));
        }
        if (type == LossLayer.class) {
            return activated((LossLayer) layer, input);
        }
        if (type == CnnLossLayer.class) {
            return ofImages((CnnLossLayer) layer, input);
        }
        if (type == ActivationLayer.class) {
            return new ActivationExport(scope).write(((ActivationLayer) layer).getActivationFn(), input);
        }
        if (type == DropoutLayer.class) {
            return input;
        }
        if (type == Deconvolution3D.class) {
            Deconvolution3D transposed = (Deconvolution3D) layer;
            input.require(5);
            return activated(transposed, input.like(transposed(transposed, input.variable())));
        }
        if (type == PReLULayer.class) {
            return input.like(rectified(input.variable()));
        }
        return VolumeExport.rank(layer) > 0
                ? new VolumeExport(scope).write(layer, input)
                : new ImageExport(scope).write(layer, input);
    }

    /** Weights {@code [depth, height, width, out, in]}, as the op takes them. */
    private SDVariable transposed(Deconvolution3D layer, SDVariable input) {
        ConvolutionMode mode = checked(layer.getConvolutionMode());
        List<ConvAxis> axes =
                axes(layer.getKernelSize(), layer.getStride(), layer.getDilation(), layer.getPadding(), mode);
        Layout layout =
                layer.getDataFormat() == Convolution3D.DataFormat.NDHWC ? Layout.CHANNELS_LAST : Layout.CHANNELS_FIRST;
        return transposed(
                new NativeTransposedOp(axes, mode == ConvolutionMode.Same, layout),
                input,
                parameters.get("W"),
                layer.hasBias() ? parameters.get("b") : null);
    }

    /** A slope of its own below zero for each element, or for all along shared axes. */
    private SDVariable rectified(SDVariable x) {
        SDVariable zero = scope.number("zero", 0);
        SDVariable below = scope.named("below", scope.graph().math().min(x, zero));
        SDVariable bent = scope.named("bent", below.mul(scope.constant("slopes", parameters.get("W"))));
        return scope.named("rectified", scope.graph().math().max(x, zero).add(bent));
    }

    private Signal activated(FeedForwardLayer layer, Signal linear) {
        return new ActivationExport(scope).write(layer.getActivationFn(), linear);
    }

    private Signal linear(boolean hasBias, Signal input) {
        input.require(2);
        SDVariable weights = scope.constant("weights", parameters.get("W"));
        SDVariable result = hasBias
                ? scope.graph().nn().linear(input.variable(), weights, scope.perChannel("bias", parameters.get("b")))
                : scope.graph().mmul(input.variable(), weights);
        return input.like(scope.named(LINEAR, result));
    }

    /** Deeplearning4j's loss of images applies its activation to the channels of each place. */
    private Signal ofImages(CnnLossLayer layer, Signal input) {
        input.require(4);
        IActivation activation = layer.getActivationFn();
        if (!(activation instanceof ActivationSoftmax) || layer.getFormat() == CNN2DFormat.NHWC) {
            return new ActivationExport(scope).write(activation, input);
        }
        SDVariable last = scope.named("channelsLast", input.variable().permute(0, 2, 3, 1));
        SDVariable result =
                new ActivationExport(scope).write(activation, input.like(last)).variable();
        return input.like(scope.named("channelsFirst", result.permute(0, 3, 1, 2)));
    }

    static List<ConvAxis> axes(int[] kernel, int[] stride, int[] dilation, int[] padding, ConvolutionMode mode) {
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < kernel.length; i++) {
            int pad = mode == ConvolutionMode.Same ? 0 : padding[i];
            axes.add(new ConvAxis(kernel[i], stride[i], dilation[i], pad, pad));
        }
        return axes;
    }

    private static ConvolutionMode checked(ConvolutionMode mode) {
        if (!MODES.contains(mode)) {
            throw new InexpressibleException("its convolution mode is " + mode);
        }
        return mode;
    }

    private SDVariable convolution(ConvolutionLayer layer, SDVariable input) {
        ConvolutionMode mode = checked(layer.getConvolutionMode());
        boolean same = mode == ConvolutionMode.Same;
        Layout layout = Lift.layout(layer.getCnn2dDataFormat());
        List<ConvAxis> axes =
                axes(layer.getKernelSize(), layer.getStride(), layer.getDilation(), layer.getPadding(), mode);
        @Nullable INDArray bias = layer.hasBias() ? parameters.get("b") : null;
        if (layer instanceof Deconvolution2D) {
            INDArray weights = parameters.get("W").permute(2, 3, 1, 0); // stored as [in, out, height, width]
            return transposed(new NativeTransposedOp(axes, same, layout), input, weights, bias);
        }
        ConvolutionExport export = new ConvolutionExport(scope, layout, input, axes, same);
        INDArray weights = parameters.get("W");
        if (layer instanceof DepthwiseConvolution2D) {
            return export.depthwise(weights, bias);
        }
        if (layer instanceof SeparableConvolution2D) {
            SDVariable spatial = export.depthwise(weights.permute(2, 3, 1, 0), null);
            List<ConvAxis> pointwise = List.of(ConvAxis.pointwise(1), ConvAxis.pointwise(1));
            return new ConvolutionExport(scope, layout, spatial, pointwise, false)
                    .dense(parameters.get("pW").permute(2, 3, 1, 0), bias);
        }
        return export.dense(weights.permute(2, 3, 1, 0), bias);
    }

    /** Weights {@code [taps…, out, in]}. */
    private SDVariable transposed(NativeTransposedOp op, SDVariable input, INDArray weights, @Nullable INDArray bias) {
        SDVariable kernel = scope.constant("weights", weights);
        SDVariable[] inputs = bias == null
                ? new SDVariable[] {input, kernel}
                : new SDVariable[] {input, kernel, scope.perChannel("bias", bias)};
        return scope.named("conv", op.create(scope.graph(), inputs).outputVariable());
    }
}
