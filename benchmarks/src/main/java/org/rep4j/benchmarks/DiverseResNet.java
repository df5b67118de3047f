package org.rep4j.benchmarks;

import static org.rep4j.benchmarks.Activations.GAIN;
import static org.rep4j.benchmarks.Activations.POOLED_MEAN_SQUARE;
import static org.rep4j.benchmarks.Activations.RELU_MEAN_SQUARE;

import java.util.List;

/**
 * ResNet-18 with a {@link DiverseBranchBlock} in the place of each 3×3 convolution and its BatchNorm, as the paper of Diverse
 * Branch Block has it (<a href="https://arxiv.org/abs/2103.13425">arXiv:2103.13425</a>); the stem's 7×7 convolution and the 1×1
 * convolutions of the shortcuts stay what they are.
 */
final class DiverseResNet {
    private static final long SEED = 20_260_103;
    private static final int CLASSES = 1000;
    private static final int STEM = 64;
    private static final List<Integer> WIDTHS = List.of(64, 128, 256, 512);

    private DiverseResNet() {}

    /**
     * The net.
     *
     * @param image height and width, a multiple of 32; the paper's is 224
     */
    static NetBuilder net(int image) {
        NetBuilder net = new NetBuilder("DBB-ResNet-18", SEED);
        String value = net.oneImage("input", 3, image, image);
        value = net.relu("stem.relu", net.convBatchNorm("stem", value, new ConvSizes(3, STEM, 7, 2, 1), 1, GAIN));
        value = net.maxPool("stem.pool", value, 3, 2, 1);
        double meanSquare = POOLED_MEAN_SQUARE;
        int channels = STEM;
        int size = image / 4;
        for (int stage = 0; stage < WIDTHS.size(); stage++) {
            for (int block = 0; block < 2; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                ConvSizes sizes = new ConvSizes(channels, WIDTHS.get(stage), 3, stride, 1);
                value = basicBlock(net, "stage" + (stage + 1) + "." + block, value, sizes, size, meanSquare);
                channels = sizes.out();
                size /= stride;
                meanSquare = RELU_MEAN_SQUARE;
            }
        }
        net.output(net.classifier("linear", value, channels, CLASSES));
        return net;
    }

    /** Two Diverse Branch Blocks and their shortcut; the image's height and width are {@code size}. */
    private static String basicBlock(
            NetBuilder net, String name, String input, ConvSizes sizes, int size, double meanSquare) {
        int width = sizes.out();
        double gain = GAIN / Math.sqrt(2);
        String first = DiverseBranchBlock.add(net, name + ".first", input, sizes, size, meanSquare, GAIN);
        String activated = net.relu(name + ".first.relu", first);
        Branches branches = new Branches(net, name);
        branches.add(DiverseBranchBlock.add(
                net,
                name + ".second",
                activated,
                new ConvSizes(width, width, 3, 1, 1),
                size / sizes.stride(),
                RELU_MEAN_SQUARE,
                gain));
        branches.add(
                sizes.in() == width && sizes.stride() == 1
                        ? input
                        : net.convBatchNorm(name + ".shortcut", input, sizes.withKernel(1, 1), meanSquare, gain));
        return branches.activated();
    }
}
