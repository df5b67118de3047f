package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
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
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.layers.RepVggBlock;
import org.rep4j.layers.SqueezeExcitation;
import org.rep4j.layers.TestNets;
import org.rep4j.rewrite.RepPass;

/** An exported net computes what the net does: layer by layer, and block by block. */
class SameDiffExporterTest {
    private static final long[] IMAGE = {4, 10, 8};

    @TempDir
    private Path folder;

    /** Layers for images of either layout. */
    private interface Layers extends Function<CNN2DFormat, List<Layer>> {}

    static Stream<Named<Layers>> layers() {
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
                of("excitation", f -> new SqueezeExcitation.Builder(2).build()));
    }

    @SafeVarargs
    private static Named<Layers> of(String name, Function<CNN2DFormat, Layer>... layers) {
        return Named.of(
                name, format -> Stream.of(layers).map(l -> l.apply(format)).toList());
    }

    private static ConvolutionLayer.Builder conv() {
        return new ConvolutionLayer.Builder(3, 2).nOut(5).activation(Activation.IDENTITY);
    }

    private static DepthwiseConvolution2D.Builder depthwise() {
        return new DepthwiseConvolution2D.Builder()
                .depthMultiplier(2)
                .kernelSize(3, 3)
                .nOut(8);
    }

    private static Layer separable() {
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

    private static Layer dense() {
        return new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build();
    }

    private static SubsamplingLayer.Builder pool(PoolingType type) {
        return new SubsamplingLayer.Builder(type).kernelSize(3, 2).stride(2, 1);
    }

    private static RepVggBlock.Builder rep() {
        return new RepVggBlock.Builder().nOut(4);
    }

    private static ComputationGraph net(DataType type, CNN2DFormat format, List<Layer> layers) {
        ComputationGraph net =
                TestNets.net(type, format, IMAGE, layers.toArray(Layer[]::new)).toComputationGraph();
        ExportAssert.shake(net);
        return net;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void layersComputeTheSame(Layers layers) {
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                ComputationGraph net = net(type, format, layers.apply(format));
                for (int batch : new int[] {1, 3}) {
                    ExportAssert.assertExports(net, folder, TestNets.images(type, format, batch, IMAGE));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void activationsComputeTheSame(Activation activation) {
        assertActivation(activation.getActivationFunction());
    }

    @Test
    void optionsOfActivationsAreHeeded() {
        assertActivation(new ActivationReLU(1.5, 0.5, 0.1));
        assertActivation(new ActivationReLU(1.5, null, null));
        assertActivation(new ActivationReLU(null, null, 0.3));
        assertActivation(new ActivationELU(0.7));
        assertActivation(new ActivationGELU(true));
    }

    private void assertActivation(IActivation activation) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            Layer layer = conv().activation(activation).build();
            ExportAssert.assertExports(
                    net(type, CNN2DFormat.NCHW, List.of(layer)),
                    folder,
                    TestNets.images(type, CNN2DFormat.NCHW, 3, IMAGE));
        }
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void folderOfGraphsAgreesWithThatOfNets(CNN2DFormat format) {
        ComputationGraph net = net(
                DataType.DOUBLE,
                format,
                List.of(
                        rep().build(),
                        rep().nOut(6).stride(2).build(),
                        rep().groups(6).nOut(6).build(),
                        rep().nOut(6).squeezeExcitation(3).dilation(2).build()));
        String output = net.getConfiguration().getNetworkOutputs().get(0);
        SameDiff folded =
                RepPass.standard().apply(SameDiffExporter.export(net), output).graph();
        ComputationGraph deployed = GraphDeployer.deploy(net);

        ExportAssert.assertOutputs(net, folded, TestNets.images(DataType.DOUBLE, format, 3, IMAGE));
        ExportAssert.assertOutputs(deployed, folded, TestNets.images(DataType.DOUBLE, format, 3, IMAGE));
        int ofExcitation = 2; // whose linear maps are pointwise convolutions in the graph
        assertThat(convolutions(deployed)).isEqualTo(4);
        assertThat(convolutions(folded)).isEqualTo(4 + ofExcitation);
        assertThat(convolutions(SameDiffExporter.export(net))).isGreaterThan(4 + ofExcitation);
    }

    private static long convolutions(SameDiff graph) {
        return graph.getOps().values().stream()
                .filter(op -> op.getOp().opName().endsWith("conv2d"))
                .count();
    }

    private static long convolutions(ComputationGraph net) {
        return Stream.of(net.getLayers())
                .filter(l -> l.conf().getLayer() instanceof ConvolutionLayer)
                .count();
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void becomesOnnx(CNN2DFormat format) throws Exception {
        ComputationGraph net = net(
                DataType.FLOAT,
                format,
                List.of(
                        rep().squeezeExcitation(2).build(),
                        rep().groups(2).nOut(6).stride(2).build(),
                        separable(),
                        new BatchNormalization.Builder().build(),
                        pool(PoolingType.MAX).build(),
                        dense()));
        SameDiff graph = SameDiffExporter.export(net);
        for (int batch : new int[] {1, 3}) {
            ExportAssert.assertConverts(net, graph, folder, TestNets.images(DataType.FLOAT, format, batch, IMAGE));
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void layersBecomeOnnx(Layers layers) throws Exception {
        for (CNN2DFormat format : CNN2DFormat.values()) {
            ComputationGraph net = net(DataType.FLOAT, format, layers.apply(format));
            SameDiff graph = SameDiffExporter.export(net);
            ExportAssert.assertConverts(net, graph, folder, TestNets.images(DataType.FLOAT, format, 3, IMAGE));
        }
    }

    @Test
    void allObstaclesAreListed() {
        Layer local = new LocallyConnected2D.Builder()
                .kernelSize(2, 2)
                .stride(1, 1)
                .nOut(3)
                .build();
        Layer layered = new DenseLayer.Builder().nOut(5).hasLayerNorm(true).build();
        ComputationGraph net = net(DataType.FLOAT, CNN2DFormat.NCHW, List.of(conv().build(), local, layered));
        assertThatThrownBy(() -> SameDiffExporter.export(net))
                .isInstanceOf(NotExportableException.class)
                .hasMessage("2 vertices cannot be exported: 1 (LocallyConnected2D),"
                        + " 2 (DenseLayer: it normalizes its sums)");
    }
}
