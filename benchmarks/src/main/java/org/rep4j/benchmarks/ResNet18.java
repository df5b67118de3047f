package org.rep4j.benchmarks;

import static org.rep4j.benchmarks.Activations.GAIN;
import static org.rep4j.benchmarks.Activations.POOLED_MEAN_SQUARE;
import static org.rep4j.benchmarks.Activations.RELU_MEAN_SQUARE;

import java.util.List;

/**
 * ResNet-18 (<a href="https://arxiv.org/abs/1512.03385">arXiv:1512.03385</a>), plain or with a {@link DiverseBranchBlock} in the place
 * of each 3×3 convolution and its BatchNorm, as the paper of Diverse Branch Block has it
 * (<a href="https://arxiv.org/abs/2103.13425">arXiv:2103.13425</a>); the stem's 7×7 convolution and the 1×1 convolutions of the
 * shortcuts stay what they are.
 */
final class ResNet18 {
    private static final long SEED = 20_260_103;
    private static final int CLASSES = 1000;
    private static final int STEM = 64;
    private static final List<Integer> WIDTHS = List.of(64, 128, 256, 512);

    private final NetBuilder net;
    private final Unit unit;

    private ResNet18(NetBuilder net, Unit unit) {
        this.net = net;
        this.unit = unit;
    }

    /** What stands for a 3×3 convolution and its BatchNorm; the image's height and width are {@code size}. */
    private interface Unit {
        String add(
                NetBuilder net, String name, String input, ConvSizes sizes, int size, double meanSquare, double gain);
    }

    /** The plain net, for any number of images of 224×224. */
    static NetBuilder plain() {
        NetBuilder net = new NetBuilder("ResNet-18", SEED);
        Unit convolution =
                (to, name, input, sizes, size, square, gain) -> to.convBatchNorm(name, input, sizes, square, gain);
        return new ResNet18(net, convolution).build(net.input("input", 3, 224, 224), 224);
    }

    /**
     * The net of Diverse Branch Blocks, for one image.
     *
     * @param image height and width, a multiple of 32; the paper's is 224
     */
    static NetBuilder diverse(int image) {
        NetBuilder net = new NetBuilder("DBB-ResNet-18", SEED);
        return new ResNet18(net, DiverseBranchBlock::add).build(net.oneImage("input", 3, image, image), image);
    }

    private NetBuilder build(String input, int image) {
        String stem = net.convBatchNorm("stem", input, new ConvSizes(3, STEM, 7, 2, 1), 1, GAIN);
        String value = net.maxPool("stem.pool", net.relu("stem.relu", stem), 3, 2, 1);
        double meanSquare = POOLED_MEAN_SQUARE;
        int channels = STEM;
        int size = image / 4;
        for (int stage = 0; stage < WIDTHS.size(); stage++) {
            for (int block = 0; block < 2; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                ConvSizes sizes = new ConvSizes(channels, WIDTHS.get(stage), 3, stride, 1);
                value = basicBlock("stage" + (stage + 1) + "." + block, value, sizes, size, meanSquare);
                channels = sizes.out();
                size /= stride;
                meanSquare = RELU_MEAN_SQUARE;
            }
        }
        net.output(net.classifier("linear", value, channels, CLASSES));
        return net;
    }

    /** Two units and their shortcut; the image's height and width are {@code size}. */
    private String basicBlock(String name, String input, ConvSizes sizes, int size, double meanSquare) {
        int width = sizes.out();
        double gain = GAIN / Math.sqrt(2);
        String first = unit.add(net, name + ".first", input, sizes, size, meanSquare, GAIN);
        String activated = net.relu(name + ".first.relu", first);
        Branches branches = new Branches(net, name);
        branches.add(unit.add(
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
