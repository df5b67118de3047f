package org.rep4j.benchmarks;

import static org.rep4j.benchmarks.Activations.GAIN;
import static org.rep4j.benchmarks.Activations.RELU_MEAN_SQUARE;
import static org.rep4j.benchmarks.Activations.SILU_MEAN_SQUARE;

import java.util.ArrayList;
import java.util.List;

/**
 * A detector of re-parameterizable blocks: YOLOv6-N of <a href="https://arxiv.org/abs/2209.02976">arXiv:2209.02976</a>, the
 * EfficientRep backbone, the Rep-PAN neck and the decoupled head of 80 classes, up to the maps of logits. Scores and boxes are
 * computed from these outside of the net.
 *
 * <p>RepVGG blocks, without an identity where they change width or stride, and ReLU in backbone and neck; plain
 * convolution-BatchNorm-SiLU in the head.
 */
final class RepConvYolo {
    private static final long SEED = 20_260_104;
    private static final int CLASSES = 80;
    private static final int BOX = 4;
    private static final int STEM = 16;
    private static final List<Integer> WIDTHS = List.of(32, 64, 128, 256);
    private static final List<Integer> DEPTHS = List.of(2, 4, 6, 2);
    private static final int NECK_DEPTH = 4;

    /** Of the maxima over 1, 5×5, 9×9 and 13×13 neighbours, side by side. */
    private static final double PYRAMID_MEAN_SQUARE = 4;

    private final NetBuilder net = new NetBuilder("YOLOv6-N", SEED);

    private RepConvYolo() {}

    /**
     * The net.
     *
     * @param image height and width, a multiple of 32
     */
    static NetBuilder net(int image) {
        RepConvYolo yolo = new RepConvYolo();
        yolo.build(yolo.net.input("input", 3, image, image));
        return yolo.net;
    }

    private void build(String input) {
        List<String> stages = new ArrayList<>();
        String value = ModelFactory.repVggBlock(net, "stem", input, 3, STEM, 2, 1);
        int channels = STEM;
        for (int stage = 0; stage < WIDTHS.size(); stage++) {
            String name = "stage" + (stage + 2);
            int width = WIDTHS.get(stage);
            value = ModelFactory.repVggBlock(net, name + ".down", value, channels, width, 2, RELU_MEAN_SQUARE);
            value = repBlocks(name, value, width, width, DEPTHS.get(stage));
            stages.add(value);
            channels = width;
        }
        String coarse = pyramid("pyramid", value, channels);

        String narrowCoarse = convRelu("neck.reduce0", coarse, new ConvSizes(256, 64, 1, 1, 1));
        String middle = joined("neck.p4", net.doubled("neck.up0", narrowCoarse, 64), stages.get(2), 192, 64);
        String narrowMiddle = convRelu("neck.reduce1", middle, new ConvSizes(64, 32, 1, 1, 1));
        String small = joined("neck.p3", net.doubled("neck.up1", narrowMiddle, 32), stages.get(1), 96, 32);
        String medium = joined("neck.n3", halved("neck.down2", small, 32), narrowMiddle, 64, 64);
        String large = joined("neck.n4", halved("neck.down1", medium, 64), narrowCoarse, 128, 128);

        head("head.small", small, 32);
        head("head.medium", medium, 64);
        head("head.large", large, 128);
    }

    /** A chain of RepVGG blocks, the first of which changes the width. */
    private String repBlocks(String name, String input, int in, int out, int depth) {
        String value = input;
        for (int i = 0; i < depth; i++) {
            value = ModelFactory.repVggBlock(net, name + "." + i, value, i == 0 ? in : out, out, 1, RELU_MEAN_SQUARE);
        }
        return value;
    }

    /** Concatenates two maps of {@code in} channels in all, and mixes them. */
    private String joined(String name, String a, String b, int in, int out) {
        return repBlocks(name, net.concat(name + ".concat", List.of(a, b)), in, out, NECK_DEPTH);
    }

    private String halved(String name, String input, int channels) {
        return convRelu(name, input, new ConvSizes(channels, channels, 3, 2, 1));
    }

    /** SPPF: max poolings of growing windows, side by side, between two 1×1 convolutions. */
    private String pyramid(String name, String input, int channels) {
        int half = channels / 2;
        List<String> levels = new ArrayList<>();
        levels.add(convRelu(name + ".narrow", input, new ConvSizes(channels, half, 1, 1, 1)));
        for (int i = 0; i < 3; i++) {
            levels.add(net.maxPool(name + ".pool" + i, levels.get(i), 5, 1, 2));
        }
        String joined = net.concat(name + ".concat", levels);
        ConvSizes wide = new ConvSizes(levels.size() * half, channels, 1, 1, 1);
        return net.relu(name + ".relu", net.convBatchNorm(name + ".wide", joined, wide, PYRAMID_MEAN_SQUARE, GAIN));
    }

    private String convRelu(String name, String input, ConvSizes sizes) {
        return net.relu(name + ".relu", net.convBatchNorm(name, input, sizes, RELU_MEAN_SQUARE, GAIN));
    }

    /** The logits of classes and boxes of one map. */
    private void head(String name, String input, int channels) {
        ConvSizes pointwise = new ConvSizes(channels, channels, 1, 1, 1);
        ConvSizes dense = new ConvSizes(channels, channels, 3, 1, 1);
        String stem = convSilu(name + ".stem", input, pointwise, RELU_MEAN_SQUARE);
        String classes = convSilu(name + ".classes", stem, dense, SILU_MEAN_SQUARE);
        net.output(net.convWithBias(name + ".class_logits", classes, new ConvSizes(channels, CLASSES, 1, 1, 1)));
        String boxes = convSilu(name + ".boxes", stem, dense, SILU_MEAN_SQUARE);
        net.output(net.convWithBias(name + ".box_logits", boxes, new ConvSizes(channels, BOX, 1, 1, 1)));
    }

    private String convSilu(String name, String input, ConvSizes sizes, double meanSquare) {
        return net.silu(name + ".silu", net.convBatchNorm(name, input, sizes, meanSquare, GAIN));
    }
}
