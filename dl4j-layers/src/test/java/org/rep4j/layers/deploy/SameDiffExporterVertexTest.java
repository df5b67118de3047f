package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.exception.ND4JIllegalStateException;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.rep4j.layers.TestNets;

/** Exported vertices compute what those of the net do. */
class SameDiffExporterVertexTest {
    private static final long[] IMAGE = {3, 5, 4};

    @TempDir
    private Path folder;

    static Stream<Named<GraphVertex>> binary() {
        return Stream.concat(
                Stream.of(ElementWiseVertex.Op.values()).map(op -> Named.of(op.name(), new ElementWiseVertex(op))),
                Stream.of(Named.of("Merge", new MergeVertex())));
    }

    static Stream<Named<GraphVertex>> unary() {
        return Stream.of(
                Named.of("Scale", new ScaleVertex(0.7)),
                Named.of("Shift", new ShiftVertex(0.3)),
                Named.of("Reshape", new ReshapeVertex('c', new int[] {-1, 2, 10, 4}, null)),
                Named.of("Subset", new SubsetVertex(1, 2)),
                Named.of("flat", new PreprocessorVertex(new CnnToFeedForwardPreProcessor(5, 4, 4))),
                Named.of("one input", new ElementWiseVertex(ElementWiseVertex.Op.Add)));
    }

    @ParameterizedTest
    @MethodSource("binary")
    void verticesOfTwoComputeTheSame(GraphVertex vertex) {
        assertSame(vertex, "a", "b");
    }

    @ParameterizedTest
    @MethodSource("unary")
    void verticesOfOneComputeTheSame(GraphVertex vertex) {
        assertSame(vertex, "a");
    }

    /** Deeplearning4j itself normalizes images of floats only. */
    @Test
    void lengthsBecomeOne() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            boolean images = type == DataType.FLOAT;
            GraphBuilder builder = builder(type)
                    .addInputs("x")
                    .addVertex("length", new L2NormalizeVertex(), "x")
                    .addLayer("out", loss(), "length")
                    .setOutputs("out");
            ComputationGraph net = net(builder);
            InputType input = images ? InputType.convolutional(5, 4, 3) : InputType.feedForward(7);
            ExportAssert.assertOutputs(
                    net,
                    SameDiffExporter.export(net, input),
                    images ? TestNets.images(type, CNN2DFormat.NCHW, 3, IMAGE) : Nd4j.rand(type, 3, 7));
        }
    }

    /** The vertex has a name that SameDiff would give to an op of its own. */
    private void assertSame(GraphVertex vertex, String... inputs) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            GraphBuilder builder = builder(type)
                    .addInputs("image")
                    .addLayer("a", conv(), "image")
                    .addLayer("b", conv(), "image")
                    .addVertex("add", vertex, inputs)
                    .addLayer("out", loss(), "add")
                    .addLayer("other", loss(), "b")
                    .setOutputs("out", "other");
            ComputationGraph net = net(builder);
            for (int batch : new int[] {1, 3}) {
                ExportAssert.assertExports(net, folder, TestNets.images(type, CNN2DFormat.NCHW, batch, IMAGE));
            }
        }
    }

    private static GraphBuilder builder(DataType type) {
        return new NeuralNetConfiguration.Builder().seed(3).dataType(type).graphBuilder();
    }

    private static ConvolutionLayer conv() {
        return new ConvolutionLayer.Builder(1, 1)
                .nIn(3)
                .nOut(4)
                .activation(Activation.TANH)
                .build();
    }

    private static LossLayer loss() {
        return new LossLayer.Builder(LossFunction.MSE)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static ComputationGraph net(GraphBuilder builder) {
        ComputationGraph net = new ComputationGraph(builder.build());
        net.init();
        ExportAssert.shake(net);
        return net;
    }

    @ParameterizedTest
    @EnumSource(ConvolutionMode.class)
    void seriesComputeTheSame(ConvolutionMode mode) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (RNNFormat format : RNNFormat.values()) {
                Convolution1DLayer layer = new Convolution1DLayer.Builder(3)
                        .nIn(4)
                        .nOut(5)
                        .stride(2)
                        .convolutionMode(mode)
                        .rnnDataFormat(format)
                        .build();
                assertLayer(layer, format == RNNFormat.NCW ? Nd4j.rand(type, 3, 4, 9) : Nd4j.rand(type, 3, 9, 4));
            }
        }
    }

    @Test
    void volumesComputeTheSame() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (Convolution3D.DataFormat format : Convolution3D.DataFormat.values()) {
                boolean first = format == Convolution3D.DataFormat.NCDHW;
                Convolution3D layer = new Convolution3D.Builder(3, 2, 1)
                        .nIn(2)
                        .nOut(3)
                        .stride(1, 2, 1)
                        .padding(1, 0, 1)
                        .dataFormat(format)
                        .build();
                assertLayer(layer, first ? Nd4j.rand(type, 3, 2, 5, 6, 4) : Nd4j.rand(type, 3, 5, 6, 4, 2));
            }
        }
    }

    static Stream<Named<Layer>> seriesLayers() {
        return Stream.of(
                Named.of("largest", series(PoolingType.MAX, 3).stride(2).build()),
                Named.of("mean", series(PoolingType.AVG, 3).build()),
                Named.of("p-norm", series(PoolingType.PNORM, 2).pnorm(3).build()),
                Named.of(
                        "mean, SAME",
                        series(PoolingType.AVG, 2)
                                .stride(2)
                                .convolutionMode(ConvolutionMode.Same)
                                .build()),
                Named.of("zero padding", new ZeroPadding1DLayer.Builder(1, 2).build()),
                Named.of("cropping", new Cropping1D.Builder(2, 1).build()),
                Named.of("upsampling", new Upsampling1D.Builder(3).build()));
    }

    private static Subsampling1DLayer.Builder series(PoolingType type, int kernel) {
        return new Subsampling1DLayer.Builder(type).kernelSize(kernel);
    }

    static Stream<Named<Layer>> volumeLayers() {
        return Stream.of(
                Named.of("largest", volume(PoolingType.MAX).padding(1, 0, 1).build()),
                Named.of("mean", volume(PoolingType.AVG).padding(1, 1, 0).build()),
                Named.of(
                        "largest, SAME",
                        volume(PoolingType.MAX)
                                .convolutionMode(ConvolutionMode.Same)
                                .build()),
                Named.of("zero padding", new ZeroPadding3DLayer.Builder(1, 0, 2, 1, 0, 3).build()),
                Named.of("cropping", new Cropping3D.Builder(1, 0, 2, 1, 0, 1).build()),
                Named.of(
                        "upsampling",
                        new Upsampling3D.Builder(2).size(new int[] {2, 1, 3}).build()),
                Named.of("transposed", transposed().padding(1, 0, 1).build()),
                Named.of("transposed without bias", transposed().hasBias(false).build()),
                Named.of(
                        "transposed SAME",
                        transposed().convolutionMode(ConvolutionMode.Same).build()),
                Named.of(
                        "slopes",
                        new PReLULayer.Builder().inputShape(2, 5, 6, 4).build()),
                Named.of(
                        "shared slopes",
                        new PReLULayer.Builder()
                                .inputShape(2, 5, 6, 4)
                                .sharedAxes(2, 3, 4)
                                .build()));
    }

    private static Subsampling3DLayer.Builder volume(PoolingType type) {
        return new Subsampling3DLayer.Builder(type)
                .kernelSize(3, 2, 2)
                .stride(1, 2, 1)
                .convolutionMode(ConvolutionMode.Truncate);
    }

    private static Deconvolution3D.Builder transposed() {
        return (Deconvolution3D.Builder) new Deconvolution3D.Builder()
                .kernelSize(3, 2, 1)
                .stride(1, 2, 1)
                .nIn(2)
                .nOut(3);
    }

    @ParameterizedTest
    @MethodSource("seriesLayers")
    void layersOfSeriesComputeTheSame(Layer layer) throws Exception {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            assertLayer(layer, Nd4j.randn(type, 3, 4, 9));
        }
        assertConverts(layer, Nd4j.randn(DataType.FLOAT, 3, 4, 9));
    }

    @ParameterizedTest
    @MethodSource("volumeLayers")
    void layersOfVolumesComputeTheSame(Layer layer) throws Exception {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            assertLayer(layer, Nd4j.randn(type, 3, 2, 5, 6, 4));
        }
        if (!(layer instanceof Upsampling3D)) { // which has no op in ONNX models yet
            assertConverts(layer, Nd4j.randn(DataType.FLOAT, 3, 2, 5, 6, 4));
        }
    }

    private void assertConverts(Layer layer, INDArray input) throws Exception {
        ComputationGraph net = net(builder(input.dataType())
                .addInputs("x")
                .addLayer("layer", layer, "x")
                .addLayer("out", loss(), "layer")
                .setOutputs("out"));
        ExportAssert.assertConverts(net, SameDiffExporter.export(net), folder, input);
    }

    @Test
    void poolsWithDilationsAreDeclined() {
        ComputationGraph net = net(builder(DataType.FLOAT)
                .addInputs("x")
                .addLayer("layer", volume(PoolingType.MAX).dilation(2, 1, 1).build(), "x")
                .addLayer("out", loss(), "layer")
                .setOutputs("out"));
        assertThatThrownBy(() -> SameDiffExporter.export(net))
                .hasMessageContaining("layer (Subsampling3DLayer: its taps lie apart");
    }

    /** Deeplearning4j fails at it, too. */
    @Test
    void paddedPoolsOfSeriesAreDeclined() {
        ComputationGraph net = net(builder(DataType.FLOAT)
                .addInputs("x")
                .addLayer("layer", series(PoolingType.MAX, 3).padding(1).build(), "x")
                .addLayer("out", loss(), "layer")
                .setOutputs("out"));
        assertThatThrownBy(() -> net.output(Nd4j.rand(DataType.FLOAT, 3, 4, 9)))
                .isInstanceOf(ND4JIllegalStateException.class);
        assertThatThrownBy(() -> SameDiffExporter.export(net))
                .hasMessageContaining("layer (Subsampling1DLayer: it pads");
    }

    /** Layers that know both layouts. */
    @Test
    void channelsMayComeLast() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            Subsampling1DLayer ofSeries = series(PoolingType.MAX, 3).stride(2).build();
            ofSeries.setCnn2dDataFormat(CNN2DFormat.NHWC);
            assertLayer(ofSeries, Nd4j.randn(type, 3, 9, 4));
            INDArray volumes = Nd4j.randn(type, 3, 5, 6, 4, 2);
            assertLayer(
                    volume(PoolingType.AVG)
                            .dataFormat(Convolution3D.DataFormat.NDHWC)
                            .build(),
                    volumes);
            assertLayer(transposed().dataFormat(Convolution3D.DataFormat.NDHWC).build(), volumes);
            assertLayer(
                    new Upsampling3D.Builder(2)
                            .dataFormat(Convolution3D.DataFormat.NDHWC)
                            .build(),
                    volumes);
        }
    }

    private void assertLayer(Layer layer, INDArray input) {
        GraphBuilder builder = builder(input.dataType())
                .addInputs("x")
                .addLayer("layer", layer, "x")
                .addLayer("out", loss(), "layer")
                .setOutputs("out");
        ExportAssert.assertExports(net(builder), folder, input);
    }

    @Test
    void vectorsBecomeImages() {
        GraphBuilder builder = builder(DataType.DOUBLE)
                .addInputs("vector")
                .addVertex("image", new PreprocessorVertex(new FeedForwardToCnnPreProcessor(5, 4, 3)), "vector")
                .addLayer("conv", conv(), "image")
                .addLayer("out", loss(), "conv")
                .setOutputs("out");
        ExportAssert.assertExports(net(builder), folder, Nd4j.rand(DataType.DOUBLE, 3, 60));
    }

    @Test
    void inputsThatNoLayerTellsNeedTypes() {
        GraphBuilder builder = builder(DataType.DOUBLE)
                .addInputs("x")
                .addLayer("out", new ActivationLayer(Activation.TANH), "x")
                .setOutputs("out");
        ComputationGraph net = net(builder);
        assertThatThrownBy(() -> SameDiffExporter.export(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the input x");
        assertThatThrownBy(() -> SameDiffExporter.export(net, new InputType[] {}))
                .hasMessage("the net has 1 inputs, not 0");
        var graph = SameDiffExporter.export(net, InputType.feedForward(4));
        ExportAssert.assertOutputs(net, graph, Nd4j.rand(DataType.DOUBLE, 3, 4));
        assertThat(graph.getVariable("x").getShape()).containsExactly(-1, 4);
    }
}
