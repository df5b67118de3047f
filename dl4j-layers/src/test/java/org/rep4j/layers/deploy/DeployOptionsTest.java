package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.rep4j.layers.AsymmetricConvBlock;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.RepVggBlock;
import org.rep4j.layers.Shortcut;
import org.rep4j.layers.TestNets;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;

/** What deployment can be told, and what it tells. */
class DeployOptionsTest {
    private static GraphBuilder builder(InputType images) {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(images);
    }

    private static OutputLayer out() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(TestNets.CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static ComputationGraph net(GraphBuilder builder) {
        ComputationGraph net = new ComputationGraph(builder.build());
        net.init();
        ExportAssert.shake(net);
        return net;
    }

    private static RepVggBlock.Builder rep() {
        return new RepVggBlock.Builder().nOut(4);
    }

    private static INDArray images(long... image) {
        return TestNets.images(DataType.DOUBLE, CNN2DFormat.NCHW, 3, image);
    }

    /** TensorFlow's padding puts the middle tap elsewhere for even and odd sizes. */
    @ParameterizedTest
    @CsvSource({"9, 8", "8, 9", "7, 7", "10, 6"})
    void knownSizesFoldStridedSameLayers(int height, int width) {
        InputType type = InputType.convolutional(height, width, 3);
        ComputationGraph net = net(builder(type)
                .addLayer(
                        "a",
                        rep().stride(2).convolutionMode(ConvolutionMode.Same).build(),
                        "image")
                .addLayer(
                        "b",
                        rep().stride(1, 2)
                                .shortcut(Shortcut.AVERAGE_POOL)
                                .convolutionMode(ConvolutionMode.Same)
                                .build(),
                        "a")
                .addLayer(
                        "c",
                        new AsymmetricConvBlock.Builder()
                                .nOut(4)
                                .stride(2)
                                .convolutionMode(ConvolutionMode.Same)
                                .build(),
                        "b")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "c")
                .addLayer("out", out(), "pool")
                .setOutputs("out"));
        INDArray images = images(3, height, width);
        ComputationGraph deployed = GraphDeployer.deploy(net, type);
        assertThat(convolutions(deployed)).isEqualTo(3);
        ExportAssert.assertClose(deployed.outputSingle(images), net.outputSingle(images));

        ComputationGraph general = GraphDeployer.deploy(net);
        assertThat(convolutions(general)).isGreaterThan(3);
        ExportAssert.assertClose(general.outputSingle(images), net.outputSingle(images));
        ExportAssert.assertClose(
                general.outputSingle(images(3, height + 1, width + 3)),
                net.outputSingle(images(3, height + 1, width + 3)));
    }

    private static long convolutions(ComputationGraph net) {
        return Arrays.stream(net.getLayers())
                .filter(l -> l.conf().getLayer() instanceof ConvolutionLayer)
                .count();
    }

    @Test
    void asManyTypesAsInputsAreNeeded() {
        ComputationGraph net = withHead();
        InputType type = InputType.convolutional(8, 8, 3);
        assertThatThrownBy(() -> GraphDeployer.deploy(net, type, type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the net has 1 inputs, not 2");
    }

    private static ComputationGraph withHead() {
        return net(builder(InputType.convolutional(8, 8, 3))
                .addLayer("a", rep().stride(2).build(), "image")
                .addLayer("headPool", new GlobalPoolingLayer(PoolingType.AVG), "a")
                .addLayer("head", out(), "headPool")
                .addLayer("b", rep().build(), "a")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "b")
                .addLayer("out", out(), "pool")
                .setOutputs("out", "head"));
    }

    @Test
    void outputsCanBeLeftOut() {
        ComputationGraph net = withHead();
        ComputationGraph deployed = RepPass.standard()
                .apply(net, new ComputationGraphAdapter().withOutputs("out"))
                .graph();
        assertThat(deployed.getConfiguration().getNetworkOutputs()).containsExactly("out");
        assertThat(deployed.getConfiguration().getVertices().keySet())
                .containsExactlyInAnyOrder("a", "b", "pool", "out");
        ExportAssert.assertClose(deployed.outputSingle(images(3, 8, 8)), net.output(images(3, 8, 8))[0]);
        assertThatThrownBy(() -> RepPass.standard().apply(net, new ComputationGraphAdapter().withOutputs("b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the outputs of the net are [out, head], not [b]");
    }

    /** A net without a head, as for its features, and one that puts out what is in its middle, too. */
    @Test
    void layersThatAreOutputsFoldWhereNothingElseReadsThem() {
        ComputationGraph net = net(builder(InputType.convolutional(8, 8, 3))
                .addLayer("a", rep().build(), "image")
                .addLayer("b", linear(), "a")
                .addLayer("norm", new BatchNormalization(), "b")
                .addLayer("c", linear(), "norm")
                .addLayer("cNorm", new BatchNormalization(), "c")
                .addLayer("d", rep().build(), "c")
                .setOutputs("norm", "c", "cNorm", "d"));
        RepResult<ComputationGraph> result = GraphDeployer.apply(net);
        assertThat(result.graph().getConfiguration().getVertices().keySet())
                .containsExactlyInAnyOrder("a", "norm", "c", "cNorm", "d");
        assertThat(result.graph().getLayers()).noneMatch(layer -> layer.conf().getLayer() instanceof RepBlock);
        INDArray[] expected = net.output(images(3, 8, 8));
        INDArray[] actual = result.graph().output(images(3, 8, 8));
        for (int i = 0; i < expected.length; i++) {
            ExportAssert.assertClose(actual[i], expected[i]);
        }
    }

    private static ConvolutionLayer linear() {
        return new ConvolutionLayer.Builder(3, 3)
                .nOut(4)
                .activation(Activation.IDENTITY)
                .build();
    }

    /** The parts of a vertex, and what helps to write one, are named after it: other vertices may have these names. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "linear",
                "conv",
                "activation",
                "sum",
                "add",
                "dense",
                "dense/op",
                "pad",
                "preprocessed",
                "in0",
                "group0",
                "excited",
                "depthwise"
            })
    void verticesMayHaveTheNamesOfParts(String part) {
        Layer separable = new SeparableConvolution2D.Builder(3, 3)
                .nOut(4)
                .activation(Activation.TANH)
                .build();
        Layer pad = new ZeroPaddingLayer.Builder(0, 1, 1, 0).build();
        ComputationGraph net = net(builder(InputType.convolutional(8, 8, 4))
                .addLayer("a", rep().groups(2).squeezeExcitation(2).build(), "image")
                .addLayer("a/" + part, separable, "a")
                .addLayer("a'", pad, "a/" + part)
                .addLayer("b", linear(), "a'")
                .addLayer("b/" + part, new BatchNormalization(), "b")
                .addLayer("c", rep().nOut(6).build(), "b/" + part)
                .addLayer("out", out(), "c")
                .addLayer("out/" + part, out(), "c")
                .setOutputs("out", "out/" + part));
        ComputationGraph deployed = GraphDeployer.deploy(net);
        ExportAssert.assertClose(deployed.output(images(4, 8, 8))[0], net.output(images(4, 8, 8))[0]);
        ExportAssert.assertClose(
                GraphDeployer.deploy(deployed).output(images(4, 8, 8))[1], net.output(images(4, 8, 8))[1]);
        assertThat(GraphDeployer.remarks(deployed))
                .anyMatch(line -> line.contains("a convolution of 2 groups"))
                .anyMatch(line -> line.contains("SqueezeExcitation"));
    }

    @Test
    void frozenLayersFoldToo() {
        ComputationGraph net = net(builder(InputType.convolutional(8, 8, 3))
                .addLayer("a", rep().build(), "image")
                .addLayer(
                        "b",
                        new ConvolutionLayer.Builder(3, 3)
                                .nOut(5)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "a")
                .addLayer("norm", new BatchNormalization(), "b")
                .addLayer("c", rep().build(), "norm")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "c")
                .addLayer("out", out(), "pool")
                .setOutputs("out"));
        ComputationGraph tuned = new TransferLearning.GraphBuilder(net)
                .setFeatureExtractor("norm")
                .build();
        ComputationGraph deployed = GraphDeployer.deploy(tuned);
        assertThat(deployed.getConfiguration().getVertices().keySet())
                .containsExactlyInAnyOrder("a", "norm", "c", "pool", "out");
        ExportAssert.assertClose(deployed.outputSingle(images(3, 8, 8)), tuned.outputSingle(images(3, 8, 8)));
    }

    @Test
    void tellsWhatIsNotPlain() {
        for (CNN2DFormat format : CNN2DFormat.values()) {
            ComputationGraph net = net(builder(InputType.convolutional(8, 8, 4, format))
                    .addLayer("a", rep().groups(2).build(), "image")
                    .addLayer("b", rep().squeezeExcitation(2).build(), "a")
                    .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "b")
                    .addLayer("out", out(), "pool")
                    .setOutputs("out"));
            List<String> remarks = GraphDeployer.remarks(GraphDeployer.deploy(net));
            assertThat(remarks)
                    .containsExactlyInAnyOrder(
                            format == CNN2DFormat.NCHW
                                    ? "a: a convolution of 2 groups, as as many ConvolutionLayers, which cost no more:"
                                            + " Deeplearning4j has no groups"
                                    : "a: GroupedConvolution, a layer of Rep4J that loads only where Rep4J is: Deeplearning4j"
                                            + " has no groups, and its SubsetVertex takes no channels of NHWC",
                            "b/excited: SqueezeExcitation, a layer of Rep4J that loads only where Rep4J is: Deeplearning4j has"
                                    + " no squeeze and excitation");
        }
        assertThat(GraphDeployer.remarks(GraphDeployer.deploy(withHead()))).isEmpty();
    }

    @Test
    void plainNetsNeedNothingOfRep4J() {
        String json = GraphDeployer.deploy(withHead()).getConfiguration().toJson();
        assertThat(json).contains("org.deeplearning4j").doesNotContain("rep4j");
    }

    @Test
    void netsOfRandomNumbersDeploy() {
        ComputationGraph net = new ComputationGraph(builder(InputType.convolutional(8, 8, 3))
                .addLayer("a", rep().build(), "image")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "a")
                .addLayer("out", out(), "pool")
                .setOutputs("out")
                .build());
        net.init();
        ExportAssert.assertClose(
                GraphDeployer.deploy(net).outputSingle(images(3, 8, 8)), net.outputSingle(images(3, 8, 8)));
    }
}
