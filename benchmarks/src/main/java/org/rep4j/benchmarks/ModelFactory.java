package org.rep4j.benchmarks;

import static org.rep4j.benchmarks.Activations.GAIN;
import static org.rep4j.benchmarks.Activations.RELU_MEAN;
import static org.rep4j.benchmarks.Activations.RELU_MEAN_SQUARE;
import static org.rep4j.benchmarks.Activations.RELU_VARIANCE;

import java.util.List;

/**
 * RepVGG and MobileOne in full size and train form, as their papers have them, and chains of any length. Weights are random;
 * BatchNorm statistics fit what flows through the net, so that activations stay near one however deep it is.
 *
 * <p>RepVGG: <a href="https://arxiv.org/abs/2101.03697">arXiv:2101.03697</a>; MobileOne:
 * <a href="https://arxiv.org/abs/2206.04040">arXiv:2206.04040</a>.
 */
final class ModelFactory {
    private static final long SEED = 20_260_101;
    private static final int CLASSES = 1000;
    private static final int IMAGE = 224;

    /** Ops of one link of a chain: Conv, BatchNormalization, Conv, BatchNormalization, Relu. */
    private static final int LINK = 5;

    private ModelFactory() {}

    /** RepVGG-A0 for images of 224×224. */
    static NetBuilder repVggA0() {
        return repVgg("RepVGG-A0", List.of(2, 4, 14, 1), 48, List.of(48, 96, 192, 1280));
    }

    /** RepVGG-B3 for images of 224×224. */
    static NetBuilder repVggB3() {
        return repVgg("RepVGG-B3", List.of(4, 6, 16, 1), 64, List.of(192, 384, 768, 2560));
    }

    /** 3×3, 1×1 and, where shapes allow it, identity branches, each with a BatchNorm. */
    private static NetBuilder repVgg(String title, List<Integer> depths, int stem, List<Integer> widths) {
        NetBuilder net = new NetBuilder(title, SEED);
        String value = net.input("input", 3, IMAGE, IMAGE);
        int channels = stem;
        value = repVggBlock(net, "stage0", value, 3, channels, 2, 1);
        for (int stage = 0; stage < depths.size(); stage++) {
            for (int block = 0; block < depths.get(stage); block++) {
                String name = "stage" + (stage + 1) + "." + block;
                int width = widths.get(stage);
                value = repVggBlock(net, name, value, channels, width, block == 0 ? 2 : 1, RELU_MEAN_SQUARE);
                channels = width;
            }
        }
        net.output(net.classifier("linear", value, channels, CLASSES));
        return net;
    }

    /** What a RepVGG block makes of {@code input}, whose mean square is given. */
    static String repVggBlock(
            NetBuilder net, String name, String input, int in, int out, int stride, double meanSquare) {
        boolean identity = in == out && stride == 1;
        double gain = GAIN / Math.sqrt(identity ? 3 : 2);
        Branches branches = new Branches(net, name);
        branches.add(net.convBatchNorm(name + ".dense", input, new ConvSizes(in, out, 3, stride, 1), meanSquare, gain));
        branches.add(
                net.convBatchNorm(name + ".pointwise", input, new ConvSizes(in, out, 1, stride, 1), meanSquare, gain));
        if (identity) {
            branches.add(net.batchNorm(name + ".identity", input, in, RELU_MEAN, RELU_VARIANCE, gain));
        }
        return branches.activated();
    }

    /** MobileOne-s0 for images of 224×224: depthwise 3×3 and pointwise blocks with four convolution branches each. */
    static NetBuilder mobileOneS0() {
        List<Integer> depths = List.of(2, 8, 10, 1);
        List<Integer> widths = List.of(48, 128, 256, 1024);
        NetBuilder net = new NetBuilder("MobileOne-s0", SEED);
        String value = net.input("input", 3, IMAGE, IMAGE);
        int channels = 48;
        value = mobileOneBlock(net, "stage0", value, new ConvSizes(3, channels, 3, 2, 1), 1, 1);
        for (int stage = 0; stage < depths.size(); stage++) {
            for (int pair = 0; pair < depths.get(stage); pair++) {
                String name = "stage" + (stage + 1) + "." + pair;
                int width = widths.get(stage);
                ConvSizes depthwise = new ConvSizes(channels, channels, 3, pair == 0 ? 2 : 1, channels);
                value = mobileOneBlock(net, name + ".depthwise", value, depthwise, 4, RELU_MEAN_SQUARE);
                ConvSizes pointwise = new ConvSizes(channels, width, 1, 1, 1);
                value = mobileOneBlock(net, name + ".pointwise", value, pointwise, 4, RELU_MEAN_SQUARE);
                channels = width;
            }
        }
        net.output(net.classifier("linear", value, channels, CLASSES));
        return net;
    }

    private static String mobileOneBlock(
            NetBuilder net, String name, String input, ConvSizes sizes, int convs, double meanSquare) {
        boolean skip = sizes.in() == sizes.out() && sizes.stride() == 1;
        boolean scale = sizes.height() > 1;
        double gain = GAIN / Math.sqrt(convs + (skip ? 1 : 0) + (scale ? 1 : 0));
        Branches branches = new Branches(net, name);
        if (scale) {
            ConvSizes pointwise = new ConvSizes(sizes.in(), sizes.out(), 1, sizes.stride(), sizes.groups());
            branches.add(net.convBatchNorm(name + ".scale", input, pointwise, meanSquare, gain));
        }
        if (skip) {
            branches.add(net.batchNorm(name + ".skip", input, sizes.in(), RELU_MEAN, RELU_VARIANCE, gain));
        }
        for (int i = 0; i < convs; i++) {
            branches.add(net.convBatchNorm(name + ".conv" + i, input, sizes, meanSquare, gain));
        }
        return branches.activated();
    }

    /**
     * Links of two 3×3 convolutions, each with a BatchNorm, and a ReLU behind the second; 32 channels, images of 8×8.
     *
     * @param ops how many ops there are in all, a multiple of five
     */
    static NetBuilder chain(int ops) {
        int channels = 32;
        ConvSizes sizes = new ConvSizes(channels, channels, 3, 1, 1);
        NetBuilder net = new NetBuilder("conv-BN chain", SEED);
        String value = net.input("input", channels, 8, 8);
        for (int link = 0; link < ops / LINK; link++) {
            String name = "link" + link;
            value = net.convBatchNorm(name + ".first", value, sizes, RELU_MEAN_SQUARE, GAIN);
            value = net.convBatchNorm(name + ".second", value, sizes, 1, GAIN);
            value = net.relu(name + ".relu", value);
        }
        net.output(value);
        return net;
    }
}
