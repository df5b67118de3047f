package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.Filter;
import org.rep4j.layers.block.FilterStep;
import org.rep4j.layers.block.Parameter;
import org.rep4j.layers.block.Window;

/** Blocks are made of what their papers say. */
class BlockBranchesTest {
    static Stream<Arguments> blocksOfThePapers() {
        return Stream.of(
                // a batch normalization has 4 numbers per channel: γ, β, mean and variance
                arguments(new ConvBatchNorm.Builder().nIn(3).nOut(8), 3 * 8 + 4 * 8, List.of("dense")),
                arguments(
                        new RepVggBlock.Builder().nIn(4).nOut(4),
                        (9 * 16 + 16) + (16 + 16) + 16,
                        List.of("dense", "pointwise", "identity")),
                arguments(
                        new RepConv.Builder().nIn(4).nOut(4), (9 * 16 + 16) + (16 + 16), List.of("dense", "pointwise")),
                arguments(
                        new MobileOneBlock.Builder().nIn(8).nOut(8).depthwise().branches(2),
                        2 * (9 * 8 + 32) + (8 + 32) + 32,
                        List.of("conv0", "conv1", "scale", "skip")),
                arguments(
                        new MobileOneBlock.Builder()
                                .nIn(8)
                                .nOut(16)
                                .kernelSize(1)
                                .branches(2),
                        2 * (8 * 16 + 64),
                        List.of("conv0", "conv1")),
                arguments(
                        new MobileOneBlock.Builder().nIn(8).nOut(8).stride(2).squeezeExcitation(4),
                        (9 * 64 + 32) + (64 + 32) + (8 * 2 + 2) + (2 * 8 + 8),
                        List.of("conv0", "scale")),
                arguments(
                        new AsymmetricConvBlock.Builder().nIn(4).nOut(6).kernelSize(5, 3),
                        (15 * 24 + 24) + (5 * 24 + 24) + (3 * 24 + 24),
                        List.of("square", "vertical", "horizontal")),
                arguments(
                        new DiverseBranchBlock.Builder().nIn(4).nOut(6),
                        (9 * 24 + 24) + (24 + 24) + (4 * 4 + 16 + 9 * 24 + 24) + (24 + 24 + 24),
                        List.of("origin", "pointwise", "chain", "average")),
                arguments(
                        new DiverseBranchBlock.Builder().nIn(4).nOut(6).internalChannels(5),
                        (9 * 24 + 24) + (24 + 24) + (4 * 5 + 20 + 9 * 30 + 24) + (24 + 24 + 24),
                        List.of("origin", "pointwise", "chain", "average")),
                arguments(
                        new DiverseBranchBlock.Builder().nIn(4).nOut(4).depthwise(),
                        (9 * 4 + 16) + (8 + 32 + 9 * 8 + 16) + 16,
                        List.of("origin", "chain", "average")),
                arguments(
                        new QaRepVggBlock.Builder().nIn(4).nOut(4).averagePool(true),
                        (9 * 16 + 16) + 16 + 16,
                        List.of("dense", "pointwise", "identity", "average")),
                arguments(
                        new QaRepVggBlock.Builder().nIn(4).nOut(4).stride(2).averagePool(true),
                        (9 * 16 + 16) + 16 + 16,
                        List.of("dense", "pointwise")),
                arguments(
                        new LinearAddBlock.Builder().nIn(4).nOut(4),
                        (9 * 16 + 4) + (16 + 4) + 4 + 16,
                        List.of("dense", "pointwise", "identity")),
                arguments(
                        new LargeKernelBlock.Builder().nIn(4).nOut(4),
                        (31 * 31 * 4 + 16) + (25 * 4 + 16),
                        List.of("large", "small")),
                arguments(
                        new DilatedReparamBlock.Builder().nIn(4).nOut(4),
                        (169 * 4 + 16) + (25 * 4 + 16) + (49 * 4 + 16) + 3 * (9 * 4 + 16),
                        List.of("large", "k5d1", "k7d2", "k3d3", "k3d4", "k3d5")),
                arguments(
                        new OrepaBlock.Builder().nIn(4).nOut(6),
                        9 * 24 + 3 * 24 + (4 * 4 + 9 * 24) + (9 * 32 + 32 * 6) + 6 * 6 + 24,
                        List.of("origin", "average", "prior", "chain", "pointwise", "separable")),
                arguments(
                        new EdgeOrientedBlock.Builder().nIn(4).nOut(6),
                        (9 * 24 + 6) + (4 * 12 + 12 + 9 * 12 * 6 + 6) + 3 * (24 + 6 + 6 + 6),
                        List.of("dense", "chain", "sobelX", "sobelY", "laplacian")),
                arguments(
                        new EdgeOrientedBlock.Builder().nIn(4).nOut(4).identity(true),
                        (9 * 16 + 4) + (4 * 8 + 8 + 9 * 8 * 4 + 4) + 3 * (16 + 4 + 4 + 4),
                        List.of("dense", "chain", "sobelX", "sobelY", "laplacian", "identity")),
                arguments(
                        new RepMixer.Builder().nIn(4).nOut(4),
                        (9 * 4 + 16) + (4 + 16) + 16 + 16 + 4,
                        List.of("identity", "mixer")),
                arguments(new SpaceToDepthDown.Builder().nIn(4).nOut(6), 4 * 24 + 6 + 24, List.of("dense")),
                arguments(
                        new RepVggBlock.Builder().nIn(4).nOut(6).shortcut(Shortcut.POINTWISE),
                        (9 * 24 + 24) + 2 * (24 + 24),
                        List.of("dense", "pointwise", "identity")),
                arguments(
                        new RepVggBlock.Builder().nIn(4).nOut(4).stride(2).shortcut(Shortcut.AVERAGE_POOL),
                        (9 * 16 + 16) + (16 + 16) + 16,
                        List.of("dense", "pointwise", "identity")),
                arguments(new GroupedConvolution.Builder().nIn(4).nOut(6).groups(2), 9 * 2 * 6 + 6, List.of("dense")),
                arguments(new ChannelScale.Builder().nIn(4), 4, List.of("scale")));
    }

    @ParameterizedTest
    @MethodSource("blocksOfThePapers")
    void blocksHaveTheBranchesOfTheirPapers(RepBlock.Builder<?> builder, long parameters, List<String> branches) {
        RepBlock block = builder.build();
        assertThat(block.blueprint().branches()).extracting(Branch::name).isEqualTo(branches);
        assertThat(block.blueprint().parameters().stream()
                        .mapToLong(Parameter::length)
                        .sum())
                .isEqualTo(parameters);
        assertThat(block.initializer().paramKeys(block)).doesNotHaveDuplicates().noneMatch(name -> name.contains("_"));
    }

    @Test
    void kernelInsideADiverseBranchStartsAsTheIdentity() {
        DiverseBranchBlock block =
                new DiverseBranchBlock.Builder().nOut(4).groups(2).build();
        var kernel = TestNets.net(DataType.DOUBLE, CNN2DFormat.NCHW, new long[] {4, 6, 6}, block)
                .getLayer(0)
                .getParam("chainPointwiseW");
        assertThat(kernel)
                .isEqualTo(Nd4j.createFromArray(new double[][] {{1, 0, 0, 1}, {1, 0, 0, 1}})
                        .reshape(2, 1, 1, 2, 2));
    }

    /** The numbers of the papers' filters. */
    @Test
    void filtersFindEdgesAndWaves() {
        assertThat(taps(Filter.SOBEL_COLUMNS)).containsExactly(1, 0, -1, 2, 0, -2, 1, 0, -1);
        assertThat(taps(Filter.SOBEL_ROWS)).containsExactly(1, 2, 1, 0, 0, 0, -1, -2, -1);
        assertThat(taps(Filter.LAPLACIAN)).containsExactly(0, 1, 0, 1, -4, 1, 0, 1, 0);
        double half = Math.sqrt(3) / 2;
        INDArray waves = filter(Filter.FREQUENCIES, 4);
        assertThat(waves.get(NDArrayIndex.all(), NDArrayIndex.point(2), NDArrayIndex.point(0))
                        .toDoubleVector())
                .as("along the rows")
                .containsExactly(new double[] {half, 0, -half}, offset(1e-12));
        assertThat(waves.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.point(3))
                        .toDoubleVector())
                .as("along the columns, twice as fast")
                .containsExactly(new double[] {0.5, -1, 0.5}, offset(1e-12));
    }

    private static INDArray filter(Filter filter, long channels) {
        ConvAxis axis = new ConvAxis(3, 1, 1, 1, 1);
        return new FilterStep(filter, channels, new Window(List.of(axis, axis), false))
                .weights(DataType.DOUBLE)
                .reshape(3, 3, channels);
    }

    private static double[] taps(Filter filter) {
        return filter(filter, 1).reshape(9).toDoubleVector();
    }

    @Test
    void factorsOfEdgesAreDrawn() {
        EdgeOrientedBlock block = new EdgeOrientedBlock.Builder().nOut(64).build();
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .list()
                .layer(block)
                .layer(new CnnLossLayer.Builder().build())
                .setInputType(InputType.convolutional(5, 5, 3))
                .build());
        net.init();
        for (String name : List.of("sobelXScale", "laplacianShift")) {
            double deviation = net.getLayer(0).getParam(name).stdNumber().doubleValue();
            assertThat(deviation).isBetween(0.7e-3, 1.3e-3);
        }
    }
}
