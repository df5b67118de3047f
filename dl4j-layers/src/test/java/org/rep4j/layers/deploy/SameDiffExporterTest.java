package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.TestNets;
import org.rep4j.layers.activation.ActivationHSigmoid;
import org.rep4j.layers.activation.ActivationHSwish;
import org.rep4j.rewrite.RepPass;

/** An exported net computes what the net does: layer by layer, and block by block. */
class SameDiffExporterTest {
    private static final long[] IMAGE = {4, 10, 8};

    @TempDir
    private Path folder;

    private static ComputationGraph net(DataType type, CNN2DFormat format, List<Layer> layers) {
        ComputationGraph net =
                TestNets.net(type, format, IMAGE, layers.toArray(Layer[]::new)).toComputationGraph();
        ExportAssert.shake(net);
        return net;
    }

    @ParameterizedTest
    @MethodSource("org.rep4j.layers.deploy.LayerCases#all")
    void layersComputeTheSame(LayerCases.Layers layers) {
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
    @MethodSource("org.rep4j.layers.TestBlocks#all")
    void blocksComputeTheSame(RepBlock.Builder<?> block) {
        for (CNN2DFormat format : CNN2DFormat.values()) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                ComputationGraph net = net(type, format, List.of(block.build()));
                INDArray images = TestNets.images(type, format, 3, IMAGE);
                ExportAssert.assertExports(net, folder, images);
                String output = net.getConfiguration().getNetworkOutputs().get(0);
                SameDiff folded = RepPass.standard()
                        .apply(SameDiffExporter.export(net), output)
                        .graph();
                ExportAssert.assertOutputs(net, folded, images);
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
        assertActivation(new ActivationHSigmoid());
        assertActivation(new ActivationHSwish());
    }

    private void assertActivation(IActivation activation) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            Layer layer = LayerCases.conv().activation(activation).build();
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
                        LayerCases.rep().build(),
                        LayerCases.rep().nOut(6).stride(2).build(),
                        LayerCases.rep().groups(6).nOut(6).build(),
                        LayerCases.rep()
                                .nOut(6)
                                .squeezeExcitation(3)
                                .dilation(2)
                                .build()));
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
                        LayerCases.rep().squeezeExcitation(2).build(),
                        LayerCases.rep().groups(2).nOut(6).stride(2).build(),
                        LayerCases.separable(),
                        new BatchNormalization.Builder().build(),
                        LayerCases.pool(PoolingType.MAX).build(),
                        LayerCases.dense()));
        SameDiff graph = SameDiffExporter.export(net);
        for (int batch : new int[] {1, 3}) {
            ExportAssert.assertConverts(net, graph, folder, TestNets.images(DataType.FLOAT, format, batch, IMAGE));
        }
    }

    @ParameterizedTest
    @MethodSource("org.rep4j.layers.deploy.LayerCases#all")
    void layersBecomeOnnx(LayerCases.Layers layers) throws Exception {
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
        ComputationGraph net =
                net(DataType.FLOAT, CNN2DFormat.NCHW, List.of(LayerCases.conv().build(), local, layered));
        assertThatThrownBy(() -> SameDiffExporter.export(net))
                .isInstanceOf(NotExportableException.class)
                .hasMessage("2 vertices cannot be exported: 1 (LocallyConnected2D),"
                        + " 2 (DenseLayer: it normalizes its sums)");
    }
}
