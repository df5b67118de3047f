package org.rep4j.layers.deploy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Pad;
import org.rep4j.layers.SqueezeExcitation;

/** Makes Deeplearning4j's own layers of the nodes without kernels that a pass leaves. */
final class LayerFactory {
    private final NetWriter net;
    private final KernelWriter kernels;
    private final DataType type;

    LayerFactory(NetWriter net, KernelWriter kernels, DataType type) {
        this.net = net;
        this.kernels = kernels;
        this.type = type;
    }

    /** A scale and a shift: of all channels by the same numbers, of images, or of what may be anything else. */
    void affine(AffineNode node, String target) {
        ChannelAffine affine = node.affine(node.channels());
        String input = net.vertex(node.input());
        if (node.channels() == 1) {
            same(affine.scale()[0], affine.shift()[0], target, input);
        } else {
            CNN2DFormat format = Math.floorMod(node.channelAxis(), 4) == 1 ? CNN2DFormat.NCHW : CNN2DFormat.NHWC;
            if (node.output().shape().rank() == 4) {
                ofImages(affine, format, target, input);
            } else {
                ofAnything(affine, format, target, input);
            }
        }
    }

    private void same(double scale, double shift, String target, String input) {
        if (shift == 0) {
            net.vertex(target, new ScaleVertex(scale), input);
            return;
        }
        String scaled = scale == 1 ? input : net.beside(target, "scaled");
        if (scale != 1) {
            net.vertex(scaled, new ScaleVertex(scale), input);
        }
        net.vertex(target, new ShiftVertex(shift), scaled);
    }

    /** As a batch normalization of mean 0 and variance 1, which takes vectors, series and images. */
    private void ofAnything(ChannelAffine affine, CNN2DFormat format, String target, String input) {
        int width = affine.scale().length;
        BatchNormalization layer = new BatchNormalization.Builder()
                .nIn(width)
                .nOut(width)
                .eps(0)
                .useLogStd(false)
                .dataFormat(format)
                .build();
        Map<String, INDArray> arrays = Map.of(
                "gamma", array(affine.scale()),
                "beta", array(affine.shift()),
                "mean", Nd4j.zeros(type, width),
                "var", Nd4j.ones(type, width));
        net.layer(target, layer, arrays, input);
    }

    private INDArray array(double... numbers) {
        return Nd4j.createFromArray(numbers).castTo(type);
    }

    /** As a depthwise convolution of one tap: Deeplearning4j has no layer that only scales and shifts images. */
    private void ofImages(ChannelAffine affine, CNN2DFormat format, String target, String input) {
        int channels = affine.scale().length;
        kernels.convolution(new KernelWriter.Plan(
                target,
                ConvGeometry.pointwise(2),
                format,
                new ActivationIdentity(),
                new KernelShape(channels, 1, channels, List.of(1, 1)),
                array(affine.scale()).reshape('c', channels, 1, 1, 1),
                array(affine.shift()),
                input));
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

    /** What is cut off first, then what is added; constants other than 0 are taken off before zeros are added, and come back behind them. */
    void pad(Pad pad) {
        // of images of an unknown shape, too: where axis 1 is not padded, those behind it are all that there is to pad
        boolean first = pad.begin().get(1) == 0 && pad.end().get(1) == 0;
        Layout layout = first ? Layout.CHANNELS_FIRST : Layout.CHANNELS_LAST;
        CNN2DFormat format = format(layout);
        int rows = layout.spatialAxis(0);
        int[] amounts = {
            pad.begin().get(rows),
            pad.end().get(rows),
            pad.begin().get(rows + 1),
            pad.end().get(rows + 1)
        };
        int[] cut = Arrays.stream(amounts).map(a -> Math.max(0, -a)).toArray();
        int[] added = Arrays.stream(amounts).map(a -> Math.max(0, a)).toArray();
        boolean pads = Arrays.stream(added).anyMatch(a -> a > 0);
        String target = pad.output().name();
        String input = net.vertex(pad.input());
        if (Arrays.stream(cut).anyMatch(a -> a > 0)) {
            String cropped = pads ? net.beside(target, "cropped") : target;
            net.layer(cropped, new Cropping2D.Builder(cut).dataFormat(format).build(), Map.of(), input);
            input = cropped;
        }
        if (!pads) {
            return;
        }
        if (pad.fill().isZero()) {
            net.layer(target, padding(format, added), Map.of(), input);
            return;
        }
        int channels = Math.toIntExact(pad.output().shape().dim(Math.floorMod(layout.channelAxis(), 4)));
        double[] fill = pad.fill().expanded(channels);
        double[] less = Arrays.stream(fill).map(f -> -f).toArray();
        String lowered = net.beside(target, "lowered");
        String padded = net.beside(target, "padded");
        ofImages(ChannelAffine.shifting(less), format, lowered, input);
        net.layer(padded, padding(format, added), Map.of(), lowered);
        ofImages(ChannelAffine.shifting(fill), format, target, padded);
    }

    static ZeroPaddingLayer padding(CNN2DFormat format, int... amounts) {
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

    static CNN2DFormat format(Layout layout) {
        return layout == Layout.CHANNELS_LAST ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
    }
}
