package org.rep4j.layers;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.junit.jupiter.api.Named;
import org.rep4j.layers.activation.ActivationHSigmoid;
import org.rep4j.layers.activation.ActivationHSwish;

/** Blocks of all kinds, for images of four channels. */
public final class TestBlocks {
    private TestBlocks() {}

    public static Stream<Named<? extends RepBlock.Builder<?>>> all() {
        return Stream.of(
                        repVgg(),
                        plain(),
                        mobileOne(),
                        asymmetric(),
                        diverse(),
                        sums(),
                        large(),
                        online(),
                        edges(),
                        mixers())
                .flatMap(blocks -> blocks);
    }

    private static Stream<Named<? extends RepBlock.Builder<?>>> repVgg() {
        return Stream.of(
                Named.of("RepVGG with identity", rep().nOut(4)),
                Named.of("RepVGG without identity", rep().nOut(6)),
                Named.of("RepVGG, strides", rep().nOut(4).stride(2, 1)),
                Named.of("RepVGG, groups", rep().nOut(4).groups(2)),
                Named.of("RepVGG, depthwise", rep().nOut(8).groups(4)),
                Named.of("RepVGG, dilated", rep().nOut(4).dilation(2, 1)),
                Named.of("RepVGG, dilated groups", rep().nOut(4).groups(2).dilation(1, 2)),
                Named.of("RepVGG, wide kernel", rep().nOut(4).kernelSize(5, 3)),
                Named.of("RepVGG, no padding", rep().nOut(4).padding(0)),
                Named.of("RepVGG, SAME", rep().nOut(4).stride(2).convolutionMode(ConvolutionMode.Same)),
                Named.of(
                        "RepVGG, pointwise shortcut",
                        rep().nOut(6).stride(2, 1).groups(2).shortcut(Shortcut.POINTWISE)),
                Named.of(
                        "RepVGG, pooled shortcut",
                        rep().nOut(4).stride(2).kernelSize(3, 5).shortcut(Shortcut.AVERAGE_POOL)),
                Named.of(
                        "RepVGG, pooled shortcut to more channels",
                        rep().nOut(6).stride(1, 2).dilation(2).padding(1, 2).shortcut(Shortcut.AVERAGE_POOL)),
                Named.of("RepVGG, squeeze and excitation", rep().nOut(4).squeezeExcitation(2)),
                Named.of(
                        "RepVGG, squeeze and excitation behind",
                        rep().nOut(4).squeezeExcitation(2).squeezeExcitationBehindActivation(true)),
                Named.of("RepConv", new RepConv.Builder().nOut(4)),
                Named.of(
                        "RepConv, strided groups",
                        new RepConv.Builder().nOut(6).stride(2).groups(2)));
    }

    private static RepVggBlock.Builder rep() {
        return new RepVggBlock.Builder();
    }

    private static Stream<Named<? extends RepBlock.Builder<?>>> plain() {
        return Stream.of(
                Named.of("Conv and BN", new ConvBatchNorm.Builder().nOut(5)),
                Named.of(
                        "Conv and BN, even kernel",
                        new ConvBatchNorm.Builder()
                                .nOut(4)
                                .kernelSize(2, 4)
                                .stride(2)
                                .groups(2)),
                Named.of(
                        "Conv and BN, squeeze and excitation",
                        new ConvBatchNorm.Builder().nOut(4).kernelSize(3).squeezeExcitation(2)),
                Named.of(
                        "grouped convolution",
                        new GroupedConvolution.Builder().nOut(6).groups(2)),
                Named.of(
                        "grouped convolution, no bias",
                        new GroupedConvolution.Builder()
                                .nOut(4)
                                .groups(2)
                                .dilation(2)
                                .hasBias(false)),
                Named.of(
                        "depthwise convolution",
                        new GroupedConvolution.Builder().nOut(4).depthwise()),
                Named.of("patches", new SpaceToDepthDown.Builder().nOut(5)),
                Named.of(
                        "uneven patches",
                        new SpaceToDepthDown.Builder()
                                .nOut(6)
                                .patchSize(2, 3)
                                .padding(1, 0)
                                .groups(2)),
                Named.of(
                        "squeeze and excitation with other activations",
                        new SqueezeExcitation.Builder(3)
                                .between(new ActivationHSwish())
                                .gate(new ActivationHSigmoid())),
                Named.of("channel scale", new ChannelScale.Builder().initialScale(0.5)));
    }

    private static Stream<Named<? extends RepBlock.Builder<?>>> mobileOne() {
        return Stream.of(
                Named.of("MobileOne", mobile().nOut(4).branches(3)),
                Named.of("MobileOne, depthwise", mobile().nOut(4).branches(2).depthwise()),
                Named.of(
                        "MobileOne, depthwise strides",
                        mobile().nOut(4).depthwise().stride(2)),
                Named.of(
                        "MobileOne, depthwise with pooled shortcut",
                        mobile().nOut(4).depthwise().stride(2).shortcut(Shortcut.AVERAGE_POOL)),
                Named.of("MobileOne, pointwise", mobile().nOut(4).branches(2).kernelSize(1)),
                Named.of("MobileOne, pointwise without skip", mobile().nOut(6).kernelSize(1)),
                Named.of(
                        "MobileOne, squeeze and excitation",
                        mobile().nOut(4).depthwise().dilation(1, 2).squeezeExcitation(4)));
    }

    private static MobileOneBlock.Builder mobile() {
        return new MobileOneBlock.Builder();
    }

    private static Stream<Named<? extends RepBlock.Builder<?>>> asymmetric() {
        return Stream.of(
                Named.of("ACB", asymmetricBlock().nOut(4)),
                Named.of("ACB, cropped", asymmetricBlock().nOut(4).padding(0)),
                Named.of(
                        "ACB, cropped at one axis",
                        asymmetricBlock().nOut(4).kernelSize(5).padding(1, 2)),
                Named.of("ACB, padded further", asymmetricBlock().nOut(4).padding(2, 3)),
                Named.of("ACB, dilated", asymmetricBlock().nOut(4).dilation(2, 3)),
                Named.of(
                        "ACB, dilated and cropped",
                        asymmetricBlock().nOut(4).dilation(2).padding(1).groups(2)),
                Named.of(
                        "ACB, strided and cropped",
                        asymmetricBlock().nOut(4).stride(2).padding(0)),
                Named.of("ACB, SAME", asymmetricBlock().nOut(4).stride(2).convolutionMode(ConvolutionMode.Same)));
    }

    private static AsymmetricConvBlock.Builder asymmetricBlock() {
        return new AsymmetricConvBlock.Builder();
    }

    private static Stream<Named<? extends RepBlock.Builder<?>>> diverse() {
        return Stream.of(
                Named.of("DBB", dbb().nOut(4)),
                Named.of("DBB, strides", dbb().nOut(6).stride(2, 1)),
                Named.of("DBB, groups", dbb().nOut(4).groups(2).internalChannels(6)),
                Named.of("DBB, depthwise", dbb().nOut(4).depthwise()),
                Named.of("DBB, strided depthwise", dbb().nOut(4).depthwise().stride(2)),
                Named.of("DBB, no padding", dbb().nOut(4).padding(0)),
                Named.of("DBB, padded further", dbb().nOut(4).padding(2).squeezeExcitation(2)),
                Named.of("DBB, wide kernel", dbb().nOut(4).kernelSize(5, 3).padding(1)));
    }

    private static DiverseBranchBlock.Builder dbb() {
        return new DiverseBranchBlock.Builder();
    }

    private static Stream<Named<? extends RepBlock.Builder<?>>> sums() {
        return Stream.of(
                Named.of("QARepVGG", new QaRepVggBlock.Builder().nOut(4)),
                Named.of(
                        "QARepVGG, averages",
                        new QaRepVggBlock.Builder().nOut(4).averagePool(true)),
                Named.of(
                        "QARepVGG, averages beside taps that lie apart",
                        new QaRepVggBlock.Builder()
                                .nOut(4)
                                .groups(2)
                                .dilation(2)
                                .averagePool(true)
                                .squeezeExcitation(2)),
                Named.of(
                        "QARepVGG, strides", new QaRepVggBlock.Builder().nOut(4).stride(2)),
                Named.of(
                        "QARepVGG, pooled shortcut",
                        new QaRepVggBlock.Builder().nOut(6).stride(2).shortcut(Shortcut.AVERAGE_POOL)),
                Named.of(
                        "linear add, pointwise shortcut",
                        new LinearAddBlock.Builder().nOut(6).shortcut(Shortcut.POINTWISE)),
                Named.of("linear add", new LinearAddBlock.Builder().nOut(4).initialScale(0.7)),
                Named.of(
                        "linear add, strided groups",
                        new LinearAddBlock.Builder().nOut(4).groups(2).stride(2)),
                Named.of(
                        "linear add, squeeze and excitation",
                        new LinearAddBlock.Builder().nOut(4).squeezeExcitation(2)));
    }

    private static Stream<Named<? extends RepBlock.Builder<?>>> large() {
        return Stream.of(
                Named.of("large kernel", new LargeKernelBlock.Builder().nOut(4).kernelSize(7)),
                Named.of(
                        "large kernel, dense, strides",
                        new LargeKernelBlock.Builder()
                                .nOut(4)
                                .kernelSize(7, 5)
                                .smallKernelSize(3)
                                .groups(1)
                                .stride(2)),
                Named.of("dilated", new DilatedReparamBlock.Builder().nOut(4).kernelSize(9)),
                Named.of(
                        "dilated, strides, squeeze and excitation",
                        new DilatedReparamBlock.Builder()
                                .nOut(4)
                                .kernelSize(5)
                                .stride(2)
                                .squeezeExcitation(2)));
    }

    private static Stream<Named<? extends RepBlock.Builder<?>>> online() {
        return Stream.of(
                Named.of("OREPA", orepa().nOut(6)),
                Named.of("OREPA, strides", orepa().nOut(4).stride(2, 1).padding(0, 2)),
                Named.of("OREPA, groups", orepa().nOut(6).groups(2).internalChannels(6)),
                Named.of("OREPA, depthwise", orepa().nOut(8).groups(4).dilation(1, 2)),
                Named.of("OREPA, squeeze and excitation", orepa().nOut(4).squeezeExcitation(2)));
    }

    private static OrepaBlock.Builder orepa() {
        return new OrepaBlock.Builder();
    }

    private static Stream<Named<? extends RepBlock.Builder<?>>> edges() {
        return Stream.of(
                Named.of("ECB", edge().nOut(4)),
                Named.of("ECB, identity", edge().nOut(4).identity(true).depthMultiplier(1.5)),
                Named.of("ECB, strides", edge().nOut(5).stride(2, 1).padding(2, 0)),
                Named.of("ECB, dilated groups", edge().nOut(6).groups(2).dilation(2, 1)));
    }

    private static EdgeOrientedBlock.Builder edge() {
        return new EdgeOrientedBlock.Builder();
    }

    private static Stream<Named<? extends RepBlock.Builder<?>>> mixers() {
        return Stream.of(
                Named.of("mixer", new RepMixer.Builder().nOut(4).layerScale(0.3)),
                Named.of(
                        "mixer, wide",
                        new RepMixer.Builder().nOut(4).kernelSize(5, 3).layerScale(0)),
                Named.of(
                        "mixer, dense, squeeze and excitation",
                        new RepMixer.Builder().nOut(4).groups(1).squeezeExcitation(2)));
    }
}
