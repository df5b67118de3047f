package org.rep4j.layers.deploy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvKernel;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Pad;
import org.rep4j.layers.GroupedConvolution;
import org.rep4j.layers.SqueezeExcitation;

/** Makes Deeplearning4j's own layers of the nodes that a pass leaves. */
final class LayerFactory {
    private final NetWriter net;
    private final DataType type;

    LayerFactory(NetWriter net, DataType type) {
        this.net = net;
        this.type = type;
    }

    void convolution(Convolution conv, String target, IActivation activation) {
        ConvGeometry geometry = conv.geometry();
        List<ConvAxis> axes = geometry.axes();
        CNN2DFormat format = format(conv.layout());
        String input = net.vertex(conv.input());
        if (geometry.isResolved() && axes.stream().anyMatch(a -> a.padBegin() != a.padEnd())) {
            int[] amounts = {
                axes.get(0).padBegin(),
                axes.get(0).padEnd(),
                axes.get(1).padBegin(),
                axes.get(1).padEnd()
            };
            net.layer(target + "/pad", padding(format, amounts), Map.of(), input);
            input = target + "/pad";
            geometry = ConvGeometry.of(axes.stream()
                    .map(a -> new ConvAxis(a.kernel(), a.stride(), a.dilation(), 0, 0))
                    .toList());
        }
        ConvKernel kernel = conv.kernel().read();
        KernelShape shape = kernel.shape();
        boolean bias = conv.kernel().hasBias();
        INDArray weights = Nd4j.createFromArray(kernel.weights())
                .castTo(type)
                .reshape(
                        shape.outChannels(),
                        shape.inChannelsPerGroup(),
                        shape.spatial().get(0),
                        shape.spatial().get(1));
        INDArray biases = Nd4j.createFromArray(kernel.bias()).castTo(type);
        if (shape.groups() == 1) {
            ConvolutionLayer layer = configured(new ConvolutionLayer.Builder(), geometry, format, activation)
                    .nIn(shape.inChannels())
                    .nOut(shape.outChannels())
                    .hasBias(bias)
                    .build();
            net.layer(target, layer, bias ? Map.of("W", weights, "b", biases) : Map.of("W", weights), input);
        } else if (shape.isDepthwise()) {
            depthwise(target, geometry, format, activation, shape, weights, bias ? biases : null, input);
        } else {
            grouped(target, geometry, format, activation, shape, weights, biases, input);
        }
    }

    private void depthwise(
            String target,
            ConvGeometry geometry,
            CNN2DFormat format,
            IActivation activation,
            KernelShape shape,
            INDArray weights,
            @Nullable INDArray biases,
            String input) {
        int multiplier = shape.outChannels() / shape.groups();
        DepthwiseConvolution2D.Builder builder = new DepthwiseConvolution2D.Builder().depthMultiplier(multiplier);
        configure(builder, geometry, activation);
        builder.dataFormat(format);
        DepthwiseConvolution2D layer = builder.nIn(shape.groups())
                .nOut(shape.outChannels())
                .hasBias(biases != null)
                .build();
        INDArray own = weights.reshape(
                        shape.groups(),
                        multiplier,
                        shape.spatial().get(0),
                        shape.spatial().get(1))
                .permute(2, 3, 0, 1);
        net.layer(target, layer, biases == null ? Map.of("W", own) : Map.of("W", own, "b", biases), input);
    }

    /** Each group by itself, which costs no more: a part of the channels, a convolution, and all of them side by side. */
    private void grouped(
            String target,
            ConvGeometry geometry,
            CNN2DFormat format,
            IActivation activation,
            KernelShape shape,
            INDArray weights,
            INDArray biases,
            String input) {
        if (format != CNN2DFormat.NCHW) { // of which a SubsetVertex takes no channels
            together(target, geometry, format, activation, shape, weights, biases, input);
            return;
        }
        int groups = shape.groups();
        int in = shape.inChannelsPerGroup();
        int out = shape.outChannels() / groups;
        String[] parts = new String[groups];
        for (int g = 0; g < groups; g++) {
            net.vertex(target + "/in" + g, new SubsetVertex(g * in, (g + 1) * in - 1), input);
            parts[g] = target + "/group" + g;
            ConvolutionLayer layer = configured(new ConvolutionLayer.Builder(), geometry, format, activation)
                    .nIn(in)
                    .nOut(out)
                    .build();
            INDArray own = weights.get(NDArrayIndex.interval(g * out, (g + 1) * out));
            INDArray bias = biases.get(NDArrayIndex.interval(g * out, (g + 1) * out));
            net.layer(parts[g], layer, Map.of("W", own, "b", bias), target + "/in" + g);
        }
        net.vertex(target, new MergeVertex(), parts);
    }

    private void together(
            String target,
            ConvGeometry geometry,
            CNN2DFormat format,
            IActivation activation,
            KernelShape shape,
            INDArray weights,
            INDArray biases,
            String input) {
        List<ConvAxis> axes = geometry.axes();
        GroupedConvolution layer = new GroupedConvolution.Builder()
                .kernelSize(axes.get(0).kernel(), axes.get(1).kernel())
                .stride(axes.get(0).stride(), axes.get(1).stride())
                .dilation(axes.get(0).dilation(), axes.get(1).dilation())
                .padding(axes.get(0).padBegin(), axes.get(1).padBegin())
                .convolutionMode(geometry.isResolved() ? ConvolutionMode.Truncate : ConvolutionMode.Same)
                .groups(shape.groups())
                .nIn(shape.inChannels())
                .nOut(shape.outChannels())
                .dataFormat(format)
                .activation(activation)
                .build();
        INDArray own = weights.reshape(
                        shape.groups(),
                        shape.outChannels() / shape.groups(),
                        shape.inChannelsPerGroup(),
                        shape.spatial().get(0),
                        shape.spatial().get(1))
                .permute(0, 3, 4, 2, 1);
        net.layer(target, layer, Map.of("denseW", own, "denseb", biases), input);
    }

    private static ConvolutionLayer.Builder configured(
            ConvolutionLayer.Builder builder, ConvGeometry geometry, CNN2DFormat format, IActivation activation) {
        configure(builder, geometry, activation);
        return builder.dataFormat(format);
    }

    private static void configure(
            ConvolutionLayer.BaseConvBuilder<?> builder, ConvGeometry geometry, IActivation activation) {
        List<ConvAxis> axes = geometry.axes();
        builder.setKernelSize(new int[] {axes.get(0).kernel(), axes.get(1).kernel()});
        builder.setStride(new int[] {axes.get(0).stride(), axes.get(1).stride()});
        builder.setDilation(new int[] {axes.get(0).dilation(), axes.get(1).dilation()});
        builder.setPadding(new int[] {axes.get(0).padBegin(), axes.get(1).padBegin()});
        builder.convolutionMode(geometry.isResolved() ? ConvolutionMode.Truncate : ConvolutionMode.Same);
        builder.activation(activation);
    }

    /** As a depthwise convolution of one tap: Deeplearning4j has no layer that only scales and shifts. */
    void affine(AffineNode node, String target, IActivation activation) {
        int channels = node.channels();
        ChannelAffine affine = node.affine(channels);
        CNN2DFormat format = node.channelAxis() == 1 ? CNN2DFormat.NCHW : CNN2DFormat.NHWC;
        INDArray weights = Nd4j.createFromArray(affine.scale()).castTo(type).reshape(channels, 1, 1, 1);
        INDArray biases = Nd4j.createFromArray(affine.shift()).castTo(type);
        KernelShape shape = new KernelShape(channels, 1, channels, List.of(1, 1));
        depthwise(
                target,
                ConvGeometry.pointwise(2),
                format,
                activation,
                shape,
                weights,
                biases,
                net.vertex(node.input()));
    }

    void averagePool(AveragePool pool) {
        List<ConvAxis> axes = pool.geometry().axes();
        SubsamplingLayer layer = new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                .kernelSize(axes.get(0).kernel(), axes.get(1).kernel())
                .stride(axes.get(0).stride(), axes.get(1).stride())
                .padding(axes.get(0).padBegin(), axes.get(1).padBegin())
                .convolutionMode(ConvolutionMode.Truncate)
                .avgPoolIncludePadInDivisor(pool.countIncludesPadding())
                .dataFormat(format(pool.layout()))
                .build();
        net.layer(pool.output().name(), layer, Map.of(), net.vertex(pool.input()));
    }

    /** Zeros, or less: other constants are in the way of zeros, which a shift before and one behind changes. */
    void pad(Pad pad) {
        Layout layout = pad.input().shape().rank() == 4
                        && pad.begin().get(1) == 0
                        && pad.end().get(1) == 0
                ? Layout.CHANNELS_FIRST
                : Layout.CHANNELS_LAST;
        int first = layout.spatialAxis(0);
        int[] amounts = {
            pad.begin().get(first),
            pad.end().get(first),
            pad.begin().get(first + 1),
            pad.end().get(first + 1)
        };
        boolean crops = Arrays.stream(amounts).anyMatch(a -> a < 0);
        boolean pads = Arrays.stream(amounts).anyMatch(a -> a > 0);
        if (crops && pads || pads && !pad.fill().isZero()) {
            throw new InvalidGraphException(pad.label() + " pads with other numbers than 0, or pads and crops");
        }
        CNN2DFormat format = format(layout);
        if (crops) {
            int[] cut = Arrays.stream(amounts).map(a -> -a).toArray();
            Cropping2D layer = new Cropping2D.Builder(cut).dataFormat(format).build();
            net.layer(pad.output().name(), layer, Map.of(), net.vertex(pad.input()));
        } else {
            net.layer(pad.output().name(), padding(format, amounts), Map.of(), net.vertex(pad.input()));
        }
    }

    private static ZeroPaddingLayer padding(CNN2DFormat format, int... amounts) {
        return new ZeroPaddingLayer.Builder(amounts).dataFormat(format).build();
    }

    void excitation(NativePart.Excitation part, String target, String input) {
        SqueezeExcitation layer = new SqueezeExcitation.Builder(part.block().inner())
                .nIn(part.block().channels())
                .nOut(part.block().channels())
                .dataFormat(part.format())
                .between(part.block().between())
                .gate(part.block().gate())
                .build();
        Map<String, INDArray> arrays = new HashMap<>();
        part.block()
                .parameters()
                .forEach(p -> arrays.put(p.name(), part.parameters().get(p.name())));
        net.layer(target, layer, arrays, input);
    }

    private static CNN2DFormat format(Layout layout) {
        return layout == Layout.CHANNELS_LAST ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
    }
}
