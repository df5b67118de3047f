package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Which blocks there cannot be, and that files keep those there are. */
class BlockConfigurationTest {
    private static final InputType FOUR_CHANNELS = InputType.convolutional(16, 16, 4, CNN2DFormat.NCHW);

    static Stream<Arguments> impossibleBlocks() {
        return Stream.of(
                arguments(new RepConv.Builder(), "RepConv: nOut is 0, but must be at least 1"),
                arguments(
                        new RepConv.Builder().nOut(6).groups(4),
                        "RepConv: groups is 4, but must be a divisor of nOut = 6"),
                arguments(
                        new RepConv.Builder().nIn(3).nOut(6).groups(2),
                        "RepConv: groups is 2, but must be a divisor of nIn = 3 and nOut = 6"),
                arguments(
                        new GroupedConvolution.Builder().nOut(6).groups(0),
                        "GroupedConvolution: groups is 0, but must be a divisor of nOut = 6"),
                arguments(
                        new LargeKernelBlock.Builder().nIn(4).nOut(6),
                        "LargeKernelBlock: groups is 6, but must be a divisor of nIn = 4 and nOut = 6"),
                arguments(
                        new ConvBatchNorm.Builder().nOut(4).eps(0), "ConvBatchNorm: eps is 0.0, but must be positive"),
                arguments(
                        new ConvBatchNorm.Builder().nOut(4).decay(1.5),
                        "ConvBatchNorm: decay is 1.5, but must be between 0 and 1"),
                arguments(
                        new ConvBatchNorm.Builder().nOut(4).convolutionMode(ConvolutionMode.Causal),
                        "ConvBatchNorm: convolutionMode is Causal, but must be Truncate or Same"),
                arguments(
                        new MobileOneBlock.Builder().nOut(4).squeezeExcitation(8),
                        "MobileOneBlock: squeezeExcitation is 8, but must be between 1 and nOut = 4, or 0 for none"),
                arguments(
                        new MobileOneBlock.Builder().nOut(4).branches(0),
                        "MobileOneBlock: branches is 0, but must be 1 to 100"),
                evenKernel("RepVggBlock", new RepVggBlock.Builder()),
                evenKernel("RepConv", new RepConv.Builder()),
                evenKernel("MobileOneBlock", new MobileOneBlock.Builder()),
                evenKernel("AsymmetricConvBlock", new AsymmetricConvBlock.Builder()),
                evenKernel("DiverseBranchBlock", new DiverseBranchBlock.Builder()),
                evenKernel("QaRepVggBlock", new QaRepVggBlock.Builder()),
                evenKernel("LinearAddBlock", new LinearAddBlock.Builder()),
                evenKernel("LargeKernelBlock", new LargeKernelBlock.Builder()),
                arguments(
                        new DiverseBranchBlock.Builder().nOut(4).convolutionMode(ConvolutionMode.Same),
                        "DiverseBranchBlock: convolutionMode is Same, but must be Truncate, since its branches pad"
                                + " between their steps"),
                arguments(
                        new DiverseBranchBlock.Builder().nOut(4).dilation(1, 2),
                        "DiverseBranchBlock: dilation is 1×2, but must be 1, since the mean of a window has no"
                                + " dilation"),
                arguments(
                        new DiverseBranchBlock.Builder().nOut(4).kernelSize(3, 5),
                        "DiverseBranchBlock: padding is 1×2, but must be the same for height and width"),
                arguments(
                        new DiverseBranchBlock.Builder().nOut(4).groups(2).internalChannels(5),
                        "DiverseBranchBlock: internalChannels is 5, but must be a multiple of groups = 2, or 0 for the"
                                + " default"),
                arguments(
                        new LinearAddBlock.Builder().nOut(4).initialScale(Double.NaN),
                        "LinearAddBlock: initialScale is NaN, but must be a finite number"),
                arguments(
                        new LargeKernelBlock.Builder().nOut(4).kernelSize(7, 3),
                        "LargeKernelBlock: smallKernelSize is 5, but must be odd, and at most kernelSize = 7×3"),
                arguments(
                        new LargeKernelBlock.Builder().nOut(4).smallKernelSize(4),
                        "LargeKernelBlock: smallKernelSize is 4, but must be odd, and at most kernelSize = 31×31"),
                arguments(
                        new DilatedReparamBlock.Builder().nOut(4).kernelSize(3),
                        "DilatedReparamBlock: kernelSize is 3×3, but must be 5, 7, 9, 11, 13, 15 or 17"),
                arguments(
                        new DilatedReparamBlock.Builder().nOut(4).dilation(2),
                        "DilatedReparamBlock: dilation is 2×2, but must be 1, since the small kernels have their own"),
                evenKernel("RepMixer", new RepMixer.Builder()),
                arguments(
                        new RepMixer.Builder().nIn(4).nOut(4).stride(2),
                        "RepMixer: its shape is not that of its input, but must be nIn = nOut, stride 1, and the padding that"
                                + " keeps the size"),
                arguments(
                        new RepMixer.Builder().nOut(4).layerScale(Double.NaN),
                        "RepMixer: layerScale is NaN, but must be a finite number, or 0 for none"),
                arguments(
                        new OrepaBlock.Builder().nOut(4).kernelSize(5),
                        "OrepaBlock: kernelSize is 5×5, but must be 3×3, the size of its waves"),
                arguments(
                        new OrepaBlock.Builder().nOut(4).convolutionMode(ConvolutionMode.Same),
                        "OrepaBlock: convolutionMode is Same, but must be Truncate, since its branches pad between their"
                                + " steps"),
                arguments(
                        new EdgeOrientedBlock.Builder().nOut(4).kernelSize(3, 1),
                        "EdgeOrientedBlock: kernelSize is 3×1, but must be 3×3, the size of its filters"),
                arguments(
                        new EdgeOrientedBlock.Builder().nOut(4).depthMultiplier(0.2),
                        "EdgeOrientedBlock: depthMultiplier is 0.2, but must be such that 4 times it is a positive multiple of"
                                + " groups = 1"),
                arguments(
                        new SpaceToDepthDown.Builder().nOut(4).stride(1),
                        "SpaceToDepthDown: stride is 1×1, but must be kernelSize = 2×2"),
                arguments(
                        new RepVggBlock.Builder().nOut(4).customL2(-1),
                        "RepVggBlock: customL2 is -1.0, but must be a positive number, or 0 for none"),
                arguments(
                        new RepVggBlock.Builder().nOut(4).kernelSize(1).customL2(0.1),
                        "RepVggBlock: customL2 is 0.1, but must be 0 for a kernel of one tap"),
                arguments(new ChannelScale.Builder().nIn(3).nOut(4), "ChannelScale: nOut is 4, but must be nIn = 3"),
                arguments(
                        new ChannelScale.Builder().initialScale(Double.POSITIVE_INFINITY),
                        "ChannelScale: initialScale is Infinity, but must be a finite number"));
    }

    private static Arguments evenKernel(String name, RepConvolution.Builder<?> builder) {
        return arguments(
                builder.nOut(4).kernelSize(6, 7),
                name + ": kernelSize is 6×7, but must be odd, so that there is a middle tap");
    }

    @ParameterizedTest
    @MethodSource("impossibleBlocks")
    void impossibleBlocksAreNotBuilt(RepBlock.Builder<?> builder, String message) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage(message);
    }

    @Test
    void numbersThatCannotBeAreRefusedAtOnce() {
        AsymmetricConvBlock.Builder builder = new AsymmetricConvBlock.Builder();
        assertThatThrownBy(() -> builder.padding(-1))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage("padding is [-1], but must be one or two numbers of at least 0");
        assertThatThrownBy(() -> builder.stride(1, 1, 2))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage("stride is [1, 1, 2], but must be one or two numbers of at least 1");
    }

    static Stream<Arguments> blocksThatDoNotFitTheirInput() {
        return Stream.of(
                arguments(
                        new RepConv.Builder().nOut(6).groups(3),
                        "RepConv \"block\": groups is 3, but must be a divisor of nIn = 4 and nOut = 6"),
                arguments(
                        new DilatedReparamBlock.Builder().nOut(8),
                        "DilatedReparamBlock \"block\": groups is 8, but must be a divisor of nIn = 4 and nOut = 8"),
                arguments(new ChannelScale.Builder().nOut(3), "ChannelScale \"block\": nOut is 3, but must be nIn = 4"),
                arguments(
                        new AsymmetricConvBlock.Builder().nOut(4).kernelSize(17).padding(0),
                        "AsymmetricConvBlock \"block\": an image of 16×16 is too small: its branch square would make 0×0 of"
                                + " it"));
    }

    @ParameterizedTest
    @MethodSource("blocksThatDoNotFitTheirInput")
    void blocksThatDoNotFitTheirInputAreToldWhenItIsKnown(RepBlock.Builder<?> builder, String message) {
        assertThatThrownBy(() -> graph(builder.name("block").build()))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage(message);
    }

    @Test
    void scalesHaveTheChannelsOfTheirInput() {
        ChannelScale scale = new ChannelScale.Builder().build();
        scale.setNIn(InputType.convolutional(5, 5, 7, CNN2DFormat.NHWC), true);
        assertThat(scale.getNOut()).isEqualTo(7);
        scale.setNIn(FOUR_CHANNELS, true);
        assertThat(scale.getNIn()).isEqualTo(4);
        assertThat(scale.getNOut()).isEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource("org.rep4j.layers.TestBlocks#all")
    void filesKeepBlocks(RepBlock.Builder<?> builder) {
        MultiLayerConfiguration list = new NeuralNetConfiguration.Builder()
                .l2(0.01)
                .list()
                .layer(builder.build())
                .layer(output())
                .setInputType(FOUR_CHANNELS)
                .build();
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(list.toJson());
        assertThat(read).isEqualTo(list);
        assertThat(MultiLayerConfiguration.fromYaml(list.toYaml())).isEqualTo(list);
        assertThat(block(read).blueprint()).isEqualTo(block(list).blueprint());
        assertThat(block(read)).hasSameHashCodeAs(block(list));

        ComputationGraphConfiguration graph = graph(builder.build());
        assertThat(ComputationGraphConfiguration.fromJson(graph.toJson())).isEqualTo(graph);
        assertThat(ComputationGraphConfiguration.fromYaml(graph.toYaml())).isEqualTo(graph);
    }

    @Test
    void blocksThatDifferInOneParameterAreNotEqual() {
        assertThat(new MobileOneBlock.Builder().nOut(4).branches(2).<RepBlock>build())
                .isNotEqualTo(new MobileOneBlock.Builder().nOut(4).branches(3).<RepBlock>build())
                .isEqualTo(new MobileOneBlock.Builder().nOut(4).branches(2).<RepBlock>build());
    }

    private static RepBlock block(MultiLayerConfiguration configuration) {
        return (RepBlock) configuration.getConf(0).getLayer();
    }

    private static ComputationGraphConfiguration graph(RepBlock block) {
        return new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .addLayer("block", block, "image")
                .addLayer("class", output(), "block")
                .setOutputs("class")
                .setInputTypes(FOUR_CHANNELS)
                .build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }
}
