package org.rep4j.layers.deploy;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.junit.jupiter.api.Named;
import org.nd4j.linalg.activations.Activation;
import org.rep4j.layers.EdgeOrientedBlock;
import org.rep4j.layers.OrepaBlock;
import org.rep4j.layers.RepMixer;
import org.rep4j.layers.RepVggBlock;
import org.rep4j.layers.Shortcut;
import org.rep4j.layers.SqueezeExcitation;
import org.rep4j.layers.activation.ActivationHSigmoid;
import org.rep4j.layers.activation.ActivationHSwish;

/** Layers and blocks with all their options, to be exported one by one. */
final class LayerCases {
    private LayerCases() {}

    /** Layers for images of either layout. */
    interface Layers extends Function<CNN2DFormat, List<Layer>> {}

    static Stream<Named<Layers>> all() {
        return Stream.of(
                of("convolution", f -> conv().build()),
                of("convolution without bias", f -> conv().hasBias(false).build()),
                of("strided", f -> conv().stride(2, 1).padding(1, 0).build()),
                of(
                        "SAME",
                        f -> conv().kernelSize(2, 3)
                                .stride(2, 2)
                                .convolutionMode(ConvolutionMode.Same)
                                .build()),
                of("dilated", f -> conv().dilation(2, 3).padding(2, 1).build()),
                of(
                        "dilated SAME",
                        f -> conv().dilation(2, 1)
                                .convolutionMode(ConvolutionMode.Same)
                                .build()),
                of("depthwise", f -> depthwise().build()),
                of("dilated depthwise", f -> depthwise().dilation(2, 2).build()),
                of("separable", f -> separable()),
                of("transposed", f -> transposed().stride(2, 2).padding(1, 0).build()),
                of(
                        "transposed SAME",
                        f -> transposed()
                                .stride(2, 2)
                                .convolutionMode(ConvolutionMode.Same)
                                .build()),
                of("normalization", f -> new BatchNormalization.Builder().build()),
                of(
                        "normalization with variance",
                        f -> new BatchNormalization.Builder()
                                .useLogStd(false)
                                .eps(1e-3)
                                .build()),
                of(
                        "locked normalization",
                        f -> new BatchNormalization.Builder()
                                .lockGammaBeta(true)
                                .gamma(2)
                                .beta(0.5)
                                .build()),
                of(
                        "half locked normalization",
                        f -> new BatchNormalization.Builder()
                                .lockGammaBeta(true)
                                .gamma(2)
                                .beta(0)
                                .build()),
                of("normalized vectors", f -> dense(), f -> new BatchNormalization.Builder().build()),
                of("activation", f -> new ActivationLayer(Activation.TANH)),
                of("channel softmax", f -> conv().activation(Activation.SOFTMAX).build()),
                of("largest", f -> pool(PoolingType.MAX).build()),
                of("largest, padded", f -> pool(PoolingType.MAX).padding(1, 1).build()),
                of("mean", f -> pool(PoolingType.AVG).padding(1, 0).build()),
                of(
                        "mean with padding",
                        f -> pool(PoolingType.AVG)
                                .padding(1, 0)
                                .avgPoolIncludePadInDivisor(true)
                                .build()),
                of(
                        "mean, SAME",
                        f -> pool(PoolingType.AVG)
                                .convolutionMode(ConvolutionMode.Same)
                                .build()),
                of("p-norm", f -> pool(PoolingType.PNORM).pnorm(3).build()),
                of(
                        "p-norm, padded",
                        f -> pool(PoolingType.PNORM).pnorm(2).padding(1, 1).build()),
                of(
                        "p-norm, SAME",
                        f -> pool(PoolingType.PNORM)
                                .pnorm(2)
                                .convolutionMode(ConvolutionMode.Same)
                                .build()),
                of("global mean", f -> new GlobalPoolingLayer(PoolingType.AVG)),
                of("global largest", f -> new GlobalPoolingLayer(PoolingType.MAX)),
                of("global sum", f -> new GlobalPoolingLayer(PoolingType.SUM)),
                of(
                        "global p-norm",
                        f -> new GlobalPoolingLayer.Builder(PoolingType.PNORM)
                                .pnorm(3)
                                .build()),
                of("dense", f -> dense()),
                of(
                        "dense without bias",
                        f -> new DenseLayer.Builder().nOut(5).hasBias(false).build()),
                of("dropout", f -> new DropoutLayer(0.5)),
                of(
                        "zero padding",
                        f -> new ZeroPaddingLayer.Builder(1, 2, 0, 3)
                                .dataFormat(f)
                                .build()),
                of(
                        "cropping",
                        f -> new Cropping2D.Builder(1, 2, 0, 3).dataFormat(f).build()),
                of(
                        "upsampling",
                        f -> new Upsampling2D.Builder(2)
                                .size(new int[] {2, 3})
                                .dataFormat(f)
                                .build()),
                of("space to depth", f -> new SpaceToDepthLayer.Builder<>(2, f).build()),
                of(
                        "local response",
                        f -> new LocalResponseNormalization.Builder(1.5, 3, 0.2, 0.6)
                                .dataFormat(f)
                                .build()),
                of("frozen", f -> new FrozenLayer(conv().build())),
                of("RepVGG", f -> rep().build(), f -> rep().nOut(6).stride(2, 1).build()),
                of("groups", f -> rep().groups(2).build()),
                of("depthwise block", f -> rep().groups(4).build()),
                of("dilated block", f -> rep().dilation(2).build()),
                of("uneven block", f -> rep().kernelSize(5, 3).padding(2, 0).build()),
                of(
                        "SAME block",
                        f -> rep().stride(2)
                                .convolutionMode(ConvolutionMode.Same)
                                .build()),
                of("excited block", f -> rep().squeezeExcitation(2).build()),
                of(
                        "excited behind",
                        f -> rep().squeezeExcitation(2)
                                .squeezeExcitationBehindActivation(true)
                                .build()),
                of("OREPA", f -> new OrepaBlock.Builder().nOut(6).stride(2).build()),
                of(
                        "edges",
                        f -> new EdgeOrientedBlock.Builder()
                                .nOut(4)
                                .identity(true)
                                .build()),
                of("mixer", f -> new RepMixer.Builder().nOut(4).layerScale(0.3).build()),
                of(
                        "pooled shortcut",
                        f -> rep().nOut(6)
                                .stride(2)
                                .shortcut(Shortcut.AVERAGE_POOL)
                                .build()),
                of(
                        "excitation with other activations",
                        f -> new SqueezeExcitation.Builder(3)
                                .between(new ActivationHSwish())
                                .gate(new ActivationHSigmoid())
                                .build()),
                of("excitation", f -> new SqueezeExcitation.Builder(2).build()));
    }

    @SafeVarargs
    private static Named<Layers> of(String name, Function<CNN2DFormat, Layer>... layers) {
        return Named.of(
                name, format -> Stream.of(layers).map(l -> l.apply(format)).toList());
    }

    static ConvolutionLayer.Builder conv() {
        return new ConvolutionLayer.Builder(3, 2).nOut(5).activation(Activation.IDENTITY);
    }

    private static DepthwiseConvolution2D.Builder depthwise() {
        return new DepthwiseConvolution2D.Builder()
                .depthMultiplier(2)
                .kernelSize(3, 3)
                .nOut(8);
    }

    static Layer separable() {
        return new SeparableConvolution2D.Builder(3, 3)
                .depthMultiplier(2)
                .nOut(5)
                .stride(2, 1)
                .padding(1, 1)
                .activation(Activation.RELU)
                .build();
    }

    private static Deconvolution2D.Builder transposed() {
        return new Deconvolution2D.Builder(3, 2).nOut(3);
    }

    static Layer dense() {
        return new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build();
    }

    static SubsamplingLayer.Builder pool(PoolingType type) {
        return new SubsamplingLayer.Builder(type).kernelSize(3, 2).stride(2, 1);
    }

    static RepVggBlock.Builder rep() {
        return new RepVggBlock.Builder().nOut(4);
    }
}
