package org.rep4j.benchmarks;

import static org.rep4j.benchmarks.Activations.GAIN;
import static org.rep4j.benchmarks.Activations.POOLED_MEAN_SQUARE;
import static org.rep4j.benchmarks.Activations.RELU_MEAN_SQUARE;

import java.util.List;

/**
 * The VGG-16 for images of 32×32 on which ACNet's paper, <a href="https://arxiv.org/abs/1908.03930">arXiv:1908.03930</a>, shows
 * its blocks: the thirteen convolutions of VGG-16, each an asymmetric convolution block and a ReLU, five max poolings, and two
 * linear layers.
 */
final class AsymmetricVgg {
    private static final long SEED = 20_260_102;
    private static final int IMAGE = 32;
    private static final int CLASSES = 10;
    private static final int HIDDEN = 512;

    /** Widths of the convolutions between two poolings. */
    private static final List<List<Integer>> STAGES = List.of(
            List.of(64, 64), List.of(128, 128), List.of(256, 256, 256), List.of(512, 512, 512), List.of(512, 512, 512));

    private AsymmetricVgg() {}

    static NetBuilder net() {
        NetBuilder net = new NetBuilder("ACNet-VGG-16", SEED);
        String value = net.input("input", 3, IMAGE, IMAGE);
        int channels = 3;
        double meanSquare = 1;
        for (int stage = 0; stage < STAGES.size(); stage++) {
            List<Integer> widths = STAGES.get(stage);
            for (int layer = 0; layer < widths.size(); layer++) {
                ConvSizes sizes = new ConvSizes(channels, widths.get(layer), 3, 1, 1);
                value = block(net, "stage" + stage + "." + layer, value, sizes, meanSquare);
                channels = widths.get(layer);
                meanSquare = RELU_MEAN_SQUARE;
            }
            value = net.maxPool("stage" + stage + ".pool", value, 2, 2, 0);
            meanSquare = POOLED_MEAN_SQUARE;
        }
        value = net.linear("hidden", net.flatten("flatten", value), channels, HIDDEN);
        net.output(net.linear("linear", net.relu("hidden.relu", value), HIDDEN, CLASSES));
        return net;
    }

    /** 3×3, 3×1 and 1×3 branches, each with a BatchNorm. */
    private static String block(NetBuilder net, String name, String input, ConvSizes sizes, double meanSquare) {
        double gain = GAIN / Math.sqrt(3);
        Branches branches = new Branches(net, name);
        branches.add(net.convBatchNorm(name + ".square", input, sizes, meanSquare, gain));
        branches.add(net.convBatchNorm(name + ".vertical", input, sizes.withKernel(3, 1), meanSquare, gain));
        branches.add(net.convBatchNorm(name + ".horizontal", input, sizes.withKernel(1, 3), meanSquare, gain));
        return branches.activated();
    }
}
