package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.Parameter;

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
}
