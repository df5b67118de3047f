package org.rep4j.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Diverse Branch Block (<a href="https://arxiv.org/abs/2103.13425">arXiv:2103.13425</a>, figure 2), the linear part of it:
 *
 * <pre>
 * k×k-BN  +  1×1-BN  +  (1×1-BN, padded, k×k-BN)  +  (1×1-BN, padded, AveragePool-BN)
 * </pre>
 *
 * <p>In the middle of a sequence the padding holds what the BatchNorm makes of zero. It is written as PyTorch's exporter writes
 * the assignments to the four sides, once all that is constant in it has been computed: a Pad, and a ScatterND per side.
 */
final class DiverseBranchBlock {
    /** Of the mean over 3×3 neighbours that are not independent, where their own is one. */
    private static final double AVERAGED_MEAN_SQUARE = 0.3;

    private static final int RANK = 4;

    private DiverseBranchBlock() {}

    /**
     * Adds a block for inputs of {@code size} × {@code size} and this mean square.
     *
     * @param gain square root of the mean square of what it writes, about
     */
    static String add(
            NetBuilder net, String name, String input, ConvSizes sizes, int size, double meanSquare, double gain) {
        double each = gain / 2;
        int kernel = sizes.height();
        ConvSizes narrow = new ConvSizes(sizes.in(), sizes.in(), 1, 1, 1);
        ConvSizes wide = new ConvSizes(sizes.in(), sizes.out(), 1, 1, 1);
        Branches branches = new Branches(net, name);
        branches.add(net.convBatchNorm(name + ".square", input, sizes, meanSquare, each));
        branches.add(net.convBatchNorm(name + ".pointwise", input, sizes.withKernel(1, 1), meanSquare, each));

        String sequence = paddedPointwise(net, name + ".sequence.pointwise", input, narrow, size, kernel, meanSquare);
        branches.add(net.convBatchNorm(name + ".sequence", sequence, sizes.unpadded(), 1, each));

        String average = paddedPointwise(net, name + ".average.pointwise", input, wide, size, kernel, meanSquare);
        String averaged = net.averagePool(name + ".average", average, kernel, sizes.stride());
        branches.add(net.batchNorm(name + ".average.bn", averaged, sizes.out(), 0, AVERAGED_MEAN_SQUARE, each));
        return branches.sum();
    }

    private static String paddedPointwise(
            NetBuilder net, String name, String input, ConvSizes sizes, int size, int kernel, double meanSquare) {
        String convolved = net.conv(name + ".conv", input, sizes);
        float[] border = net.batchNormToPad(name + ".bn", convolved, sizes.out(), 0, meanSquare, 1);
        return padded(net, name, name + ".bn", border, size, kernel / 2);
    }

    /** {@code pad} rows and columns of {@code border}, which has an element per channel, around {@code input}. */
    private static String padded(NetBuilder net, String name, String input, float[] border, int size, int pad) {
        String pads = net.tensor(name + ".pads", new long[] {0, 0, pad, pad, 0, 0, pad, pad}, 2 * RANK);
        String value = net.op("Pad", name + ".pad", List.of(input, pads));
        int[] all = IntStream.range(0, size + 2 * pad).toArray();
        int[] begin = Arrays.copyOf(all, pad);
        int[] end = Arrays.copyOfRange(all, size + pad, size + 2 * pad);
        value = assign(net, name + ".top", value, border, begin, all);
        value = assign(net, name + ".bottom", value, border, end, all);
        value = assign(net, name + ".left", value, border, all, begin);
        return assign(net, name + ".right", value, border, all, end);
    }

    /** {@code value[:, c, rows, columns] = elements[c]} for all channels, of one image. */
    private static String assign(
            NetBuilder net, String name, String value, float[] elements, int[] rows, int[] columns) {
        int count = elements.length * rows.length * columns.length;
        long[] indices = new long[count * RANK];
        float[] updates = new float[count];
        int position = 0;
        for (int channel = 0; channel < elements.length; channel++) {
            for (int row : rows) {
                for (int column : columns) {
                    indices[position * RANK + 1] = channel;
                    indices[position * RANK + 2] = row;
                    indices[position * RANK + 3] = column;
                    updates[position++] = elements[channel];
                }
            }
        }
        return net.op(
                "ScatterND",
                name,
                List.of(
                        value,
                        net.tensor(name + ".indices", indices, 1, elements.length, rows.length, columns.length, RANK),
                        net.tensor(name + ".updates", updates, 1, elements.length, rows.length, columns.length)));
    }
}
