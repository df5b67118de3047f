package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.rep4j.layers.TestNets;
import org.rep4j.rewrite.RepResult;

/** Deeplearning4j's own layers fold wherever that is exact, and stay as they were elsewhere. */
class StockLayersTest {
    private static final long[] IMAGE = {3, 9, 8};

    /** Adds layers to a net that reads "image"; returns the last one's name. */
    private interface Part {
        String addTo(GraphBuilder builder, CNN2DFormat format);
    }

    /** A part of a net, and the vertices that a deployed net has of it. */
    private record Case(Part part, List<String> left) {}

    private static Named<Case> of(String name, Part part, String... left) {
        return Named.of(name, new Case(part, List.of(left)));
    }

    private static BatchNormalization norm() {
        return new BatchNormalization.Builder().build();
    }

    private static ConvolutionLayer.Builder conv(int... kernel) {
        return new ConvolutionLayer.Builder(kernel).nOut(4).activation(Activation.IDENTITY);
    }

    private static Layer separable(Activation activation) {
        return new SeparableConvolution2D.Builder(3, 2)
                .depthMultiplier(2)
                .nOut(4)
                .stride(2, 1)
                .padding(1, 1)
                .activation(activation)
                .build();
    }

    private static Layer transposed(int kernel, int padding) {
        return new Deconvolution2D.Builder(kernel, kernel)
                .nOut(4)
                .stride(2, 2)
                .padding(padding, padding)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static Layer transposedSame(int kernel) {
        return new Deconvolution2D.Builder(kernel, kernel)
                .nOut(4)
                .stride(2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static Layer globalPool() {
        return new GlobalPoolingLayer(PoolingType.AVG);
    }

    private static Layer dense(Activation activation) {
        return new DenseLayer.Builder().nOut(5).activation(activation).build();
    }

    /** Layers one behind the other, called a, b, c, … */
    private static Part chain(List<Function<CNN2DFormat, Layer>> layers) {
        return (builder, format) -> {
            String last = "image";
            for (int i = 0; i < layers.size(); i++) {
                String name = String.valueOf((char) ('a' + i));
                builder.addLayer(name, layers.get(i).apply(format), last);
                last = name;
            }
            return last;
        };
    }

    private static Part chain(Layer... layers) {
        return chain(Stream.of(layers)
                .map(layer -> (Function<CNN2DFormat, Layer>) format -> layer.clone())
                .toList());
    }

    static Stream<Named<Case>> cases() {
        return Stream.of(
                of("separable, BN", chain(separable(Activation.IDENTITY), norm()), "a/depthwise", "b"),
                of("separable with activation, BN", chain(separable(Activation.TANH), norm()), "a", "b"),
                of("separable alone", chain(separable(Activation.RELU)), "a"),
                of("transposed, BN", chain(transposed(3, 1), norm()), "b"),
                of(
                        "BN, dense",
                        chain(norm(), conv(1, 1).build(), dense(Activation.TANH), norm(), dense(Activation.RELU)),
                        "b",
                        "c/preprocessed",
                        "c",
                        "e"),
                of(
                        "dense, BN",
                        chain(dense(Activation.IDENTITY), norm(), norm(), dense(Activation.TANH)),
                        "a/preprocessed",
                        "d"),
                of(
                        "dense with activation, BN, BN, activation",
                        chain(dense(Activation.TANH), norm(), norm()),
                        "a/preprocessed",
                        "a",
                        "c"),
                of(
                        "padding, convolution",
                        chain(List.of(
                                f -> new ZeroPaddingLayer.Builder(1, 1, 2, 2)
                                        .dataFormat(f)
                                        .build(),
                                f -> conv(3, 3).build())),
                        "b"),
                of(
                        "padding, BN",
                        chain(List.of(
                                f -> conv(3, 3).build(),
                                f -> new ZeroPaddingLayer.Builder(1, 2, 0, 1)
                                        .dataFormat(f)
                                        .build(),
                                f -> norm())),
                        "a",
                        "b",
                        "c"),
                of("transposed pair", StockLayersTest::transposedPair, "sum"),
                of("difference", StockLayersTest::difference, "sum"),
                of("scales", StockLayersTest::scales, "shift"),
                of("scales behind an activation", StockLayersTest::scalesBehindActivation, "a", "again", "shift"),
                of("transposed SAME, BN", chain(transposedSame(3), norm()), "b"),
                of("transposed SAME of fewer taps than strides, BN", chain(transposedSame(1), norm()), "b"),
                of(
                        "global pool, BN, BN",
                        chain(conv(3, 2).activation(Activation.TANH).build(), globalPool(), norm(), norm()),
                        "a",
                        "b",
                        "d"),
                of("pool, scale, padding, strided SAME", StockLayersTest::paddingOfUnknownImages, "a", "a_padded", "d"),
                of("second consumer", StockLayersTest::secondConsumer, "a", "b", "sum"));
    }

    private static String transposedPair(GraphBuilder builder, CNN2DFormat format) {
        builder.addLayer("a", transposed(3, 1), "image")
                .addLayer("aNorm", norm(), "a")
                .addLayer("b", transposed(1, 0), "image")
                .addVertex("sum", new ElementWiseVertex(Op.Subtract), "aNorm", "b");
        return "sum";
    }

    private static String difference(GraphBuilder builder, CNN2DFormat format) {
        builder.addLayer("a", conv(3, 3).padding(1, 1).build(), "image")
                .addLayer("b", conv(1, 1).build(), "image")
                .addLayer("bNorm", norm(), "b")
                .addVertex("sum", new ElementWiseVertex(Op.Subtract), "bNorm", "a");
        return "sum";
    }

    private static String scales(GraphBuilder builder, CNN2DFormat format) {
        builder.addLayer("a", conv(3, 2).build(), "image")
                .addVertex("scale", new ScaleVertex(-1.7), "a")
                .addVertex("shift", new ShiftVertex(0.3), "scale");
        return "shift";
    }

    private static String scalesBehindActivation(GraphBuilder builder, CNN2DFormat format) {
        builder.addLayer("a", conv(3, 2).activation(Activation.TANH).build(), "image")
                .addVertex("scale", new ScaleVertex(-1.7), "a")
                .addVertex("again", new ScaleVertex(0.5), "scale")
                .addVertex("shift", new ShiftVertex(0.3), "again");
        return "shift";
    }

    /** Nothing tells the shape of what a pool puts out. */
    private static String paddingOfUnknownImages(GraphBuilder builder, CNN2DFormat format) {
        builder.addLayer(
                        "a",
                        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                                .kernelSize(2, 2)
                                .stride(1, 1)
                                .dataFormat(format)
                                .build(),
                        "image")
                .addVertex("b", new ScaleVertex(2), "a")
                .addLayer(
                        "c",
                        new ZeroPaddingLayer.Builder(1, 2, 3, 0)
                                .dataFormat(format)
                                .build(),
                        "b")
                .addLayer(
                        "d",
                        conv(3, 3)
                                .stride(2, 2)
                                .convolutionMode(ConvolutionMode.Same)
                                .build(),
                        "c");
        return "d";
    }

    private static String secondConsumer(GraphBuilder builder, CNN2DFormat format) {
        builder.addLayer("a", conv(3, 2).build(), "image")
                .addLayer("b", norm(), "a")
                .addLayer("t", new ActivationLayer(Activation.TANH), "a")
                .addVertex("sum", new ElementWiseVertex(Op.Product), "b", "t");
        return "sum";
    }

    private static ComputationGraph trained(Part part, DataType type, CNN2DFormat format) {
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(type)
                .updater(new Nesterovs(0.02))
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(IMAGE[1], IMAGE[2], IMAGE[0], format));
        String last = part.addTo(builder, format);
        builder.addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(TestNets.CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        last)
                .setOutputs("out");
        ComputationGraph net = new ComputationGraph(builder.build());
        net.init();
        ExportAssert.shake(net);
        for (int step = 0; step < 2; step++) {
            net.fit(new DataSet(TestNets.images(type, format, 6, IMAGE), TestNets.labels(type, 6)));
        }
        return net;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void foldsWhatIsExact(Case folded) throws IOException {
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                ComputationGraph net = trained(folded.part(), type, format);
                INDArray before = net.params().dup();
                ComputationGraph deployed = GraphDeployer.deploy(net);
                assertThat(net.params()).as("the trained net").isEqualTo(before);

                List<String> left = new ArrayList<>(
                        deployed.getConfiguration().getVertices().keySet());
                left.removeAll(List.of("out", "t"));
                assertThat(left).as("%s, %s", format, type).containsExactlyInAnyOrderElementsOf(folded.left());

                INDArray images = TestNets.images(type, format, 3, IMAGE);
                INDArray expected = net.outputSingle(images);
                ExportAssert.assertClose(deployed.outputSingle(images), expected);
                ExportAssert.assertClose(loaded(deployed).outputSingle(images), expected);
                ComputationGraph again = GraphDeployer.deploy(deployed);
                assertThat(again.getConfiguration().getVertices().keySet())
                        .isEqualTo(deployed.getConfiguration().getVertices().keySet());
                ExportAssert.assertClose(again.outputSingle(images), expected);
            }
        }
    }

    private static ComputationGraph loaded(ComputationGraph net) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, bytes, false);
        return ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(bytes.toByteArray()), false);
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void whatStaysIsNotTouched(CNN2DFormat format) {
        List<Layer> layers = List.of(
                separable(Activation.RELU),
                conv(2, 3).activation(Activation.TANH).hasBias(false).build(),
                new DepthwiseConvolution2D.Builder()
                        .depthMultiplier(1)
                        .kernelSize(2, 2)
                        .nOut(4)
                        .activation(Activation.RELU)
                        .build(),
                transposed(3, 0),
                dense(Activation.TANH));
        ComputationGraph net = trained(chain(layers.toArray(Layer[]::new)), DataType.DOUBLE, format);
        RepResult<ComputationGraph> result = GraphDeployer.apply(net);
        for (String vertex : List.of("a", "b", "c", "d", "e")) {
            assertThat(result.graph().getLayer(vertex).params())
                    .isEqualTo(net.getLayer(vertex).params());
            assertThat(((FeedForwardLayer)
                                    result.graph().getLayer(vertex).conf().getLayer())
                            .getNOut())
                    .isEqualTo(((FeedForwardLayer) net.getLayer(vertex).conf().getLayer()).getNOut());
            assertThat(result.graph().getLayer(vertex).conf().getLayer().getClass())
                    .isEqualTo(net.getLayer(vertex).conf().getLayer().getClass());
        }
        assertThat(result.report().rewrites()).isEmpty();
    }

    /** What does not fold, and the reason that is told. */
    static Stream<Arguments> declined() {
        Layer locked = new BatchNormalization.Builder()
                .lockGammaBeta(true)
                .gamma(2)
                .beta(0)
                .build();
        Layer normalizing = new DenseLayer.Builder()
                .nOut(4)
                .hasLayerNorm(true)
                .activation(Activation.IDENTITY)
                .build();
        return Stream.of(
                Arguments.of(chain(conv(3, 3).build(), locked), "its gamma and beta are locked"),
                Arguments.of(chain(normalizing, norm()), "it normalizes its sums"),
                Arguments.of(
                        chain(
                                conv(3, 3).activation(Activation.TANH).build(),
                                norm(),
                                conv(3, 3).padding(1, 1).build()),
                        "not from a convolution"),
                Arguments.of((Part) StockLayersTest::secondConsumer, "is also used by"));
    }

    @ParameterizedTest
    @MethodSource("declined")
    void tellsWhyItDoesNotFold(Part part, String reason) {
        ComputationGraph net = trained(part, DataType.DOUBLE, CNN2DFormat.NCHW);
        RepResult<ComputationGraph> result = GraphDeployer.apply(net);
        assertThat(result.fates().stream().map(Object::toString)).anyMatch(fate -> fate.contains(reason));
        INDArray images = TestNets.images(DataType.DOUBLE, CNN2DFormat.NCHW, 3, IMAGE);
        ExportAssert.assertClose(result.graph().outputSingle(images), net.outputSingle(images));
    }
}
