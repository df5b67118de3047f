package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.rep4j.layers.GroupedConvolution;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.RepConvolution;
import org.rep4j.layers.RepVggBlock;
import org.rep4j.layers.TestNets;

/** A deployed net computes what the trained one does, with plain layers. */
class GraphDeployerTest {
    private static final long[] IMAGE = {3, 9, 8};

    @TempDir
    private Path folder;

    static Stream<Named<RepConvolution.Builder<?>>> blocks() {
        return Stream.of(
                Named.of("identity", rep()),
                Named.of("no identity", rep().nOut(5)),
                Named.of("strides", rep().stride(2, 1)),
                Named.of("depthwise", rep().groups(4)),
                Named.of("dilated", rep().dilation(2)),
                Named.of("wide", rep().kernelSize(5, 3)),
                Named.of("more padding", rep().padding(2)),
                Named.of("less padding", rep().padding(0, 1)),
                Named.of("SAME", rep().convolutionMode(ConvolutionMode.Same)));
    }

    private static RepVggBlock.Builder rep() {
        return new RepVggBlock.Builder().nOut(4);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void everyBlockBecomesOneConvolution(RepConvolution.Builder<?> block) {
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                MultiLayerNetwork net = trained(type, format, rep().build(), block.build());
                ComputationGraph deployed = GraphDeployer.deploy(net);

                assertSame(net, deployed, type, format);
                assertThat(Arrays.stream(deployed.getLayers()).map(l -> l.conf().getLayer()))
                        .as("layers of %s", deployed.getConfiguration().getVertices())
                        .hasSize(3)
                        .noneMatch(RepBlock.class::isInstance);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.rep4j.layers.TestBlocks#all")
    void deployedBlocksHaveTheOutputsOfTrainedOnes(RepBlock.Builder<?> block) {
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                MultiLayerNetwork net = trained(type, format, rep().build(), block.build());
                assertSame(net, GraphDeployer.deploy(net), type, format);
            }
        }
    }

    @Test
    void groupsBecomePlainLayersThatCostNoMore() {
        MultiLayerNetwork net = trained(
                DataType.DOUBLE,
                CNN2DFormat.NCHW,
                rep().build(),
                rep().groups(2).build());
        ComputationGraph deployed = GraphDeployer.deploy(net);
        assertSame(net, deployed, DataType.DOUBLE, CNN2DFormat.NCHW);
        assertThat(deployed.getLayers()).noneMatch(l -> l.conf().getLayer() instanceof RepBlock);
    }

    @Test
    void groupsOfChannelsThatComeLastStayOneLayer() {
        MultiLayerNetwork net = trained(
                DataType.FLOAT,
                CNN2DFormat.NHWC,
                rep().build(),
                rep().nOut(6).groups(2).stride(2).build());
        ComputationGraph deployed = GraphDeployer.deploy(net);
        assertSame(net, deployed, DataType.FLOAT, CNN2DFormat.NHWC);
        assertThat(Arrays.stream(deployed.getLayers()).map(l -> l.conf().getLayer()))
                .hasSize(3)
                .filteredOn(RepBlock.class::isInstance)
                .singleElement()
                .isInstanceOf(GroupedConvolution.class);
    }

    @Test
    void squeezeAndExcitationStay() {
        for (boolean behind : new boolean[] {false, true}) {
            MultiLayerNetwork net = trained(
                    DataType.DOUBLE,
                    CNN2DFormat.NHWC,
                    rep().squeezeExcitation(2)
                            .squeezeExcitationBehindActivation(behind)
                            .build());
            assertSame(net, GraphDeployer.deploy(net), DataType.DOUBLE, CNN2DFormat.NHWC);
        }
    }

    @Test
    void plainLayersFoldToo() {
        ComputationGraph net = plain();
        net.fit(data(DataType.DOUBLE, CNN2DFormat.NCHW));
        INDArray before = net.params().dup();
        ComputationGraph deployed = GraphDeployer.deploy(net);

        INDArray images = TestNets.images(DataType.DOUBLE, CNN2DFormat.NCHW, 3, IMAGE);
        assertClose(deployed.outputSingle(images), net.outputSingle(images), 1e-10);
        assertThat(net.params()).as("the trained net").isEqualTo(before);
        assertThat(deployed.getConfiguration().getVertices().keySet())
                .containsExactlyInAnyOrder("sum", "norm", "pool", "out");
    }

    /** Two convolutions with batch normalizations that are added up, a depthwise one with its own, and what stays. */
    private static ComputationGraph plain() {
        var conf = new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Nesterovs(0.05))
                .graphBuilder()
                .addInputs("image")
                .addLayer("a", linear(3), "image")
                .addLayer("aNorm", norm(), "a")
                .addLayer("b", linear(1), "image")
                .addLayer("bNorm", norm(), "b")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "aNorm", "bNorm")
                .addLayer("depthwise", depthwise(), "sum")
                .addLayer("norm", norm(), "depthwise")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "norm")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(TestNets.CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pool")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(IMAGE[1], IMAGE[2], IMAGE[0]))
                .build();
        ComputationGraph net = new ComputationGraph(conf);
        net.init();
        return net;
    }

    private static ConvolutionLayer linear(int kernel) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(4)
                .padding(kernel / 2, kernel / 2)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static DepthwiseConvolution2D depthwise() {
        DepthwiseConvolution2D.Builder builder = new DepthwiseConvolution2D.Builder().depthMultiplier(2);
        return builder.kernelSize(3, 3).nOut(8).activation(Activation.IDENTITY).build();
    }

    private static BatchNormalization norm() {
        return new BatchNormalization.Builder().build();
    }

    @Test
    void fileHoldsPlainLayers() throws Exception {
        MultiLayerNetwork net = trained(DataType.FLOAT, CNN2DFormat.NCHW, rep().build());
        Path file = folder.resolve("deploy.zip");
        GraphDeployer.deploy(net.toComputationGraph(), file);
        assertSame(net, ComputationGraph.load(file.toFile(), false), DataType.FLOAT, CNN2DFormat.NCHW);
        assertThat(folder.toFile().list()).containsExactly("deploy.zip");
    }

    private static DataSet data(DataType type, CNN2DFormat format) {
        return new DataSet(TestNets.images(type, format, 6, IMAGE), TestNets.labels(type, 6));
    }

    private static MultiLayerNetwork trained(DataType type, CNN2DFormat format, Layer... layers) {
        MultiLayerNetwork net = TestNets.net(
                new NeuralNetConfiguration.Builder().updater(new Nesterovs(0.01, 0.9)), type, format, IMAGE, layers);
        for (int step = 0; step < 3; step++) {
            net.fit(data(type, format));
        }
        return net;
    }

    private static void assertSame(
            MultiLayerNetwork net, ComputationGraph deployed, DataType type, CNN2DFormat format) {
        INDArray images = TestNets.images(type, format, 3, IMAGE);
        assertClose(deployed.outputSingle(images), net.output(images), type == DataType.DOUBLE ? 1e-10 : 1e-5);
    }

    private static void assertClose(INDArray actual, INDArray expected, double tolerance) {
        assertThat(expected.isNaN().any()).as("NaN in %s", expected).isFalse();
        assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(tolerance);
    }
}
