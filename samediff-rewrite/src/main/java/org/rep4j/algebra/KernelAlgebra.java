package org.rep4j.algebra;

import java.util.Collections;
import java.util.List;

/**
 * The folds, as pure functions on kernels. Each is exact in real arithmetic; whether it may be applied where it stands in a
 * graph (padding, other consumers) is the rules' business. They compute nothing before a row of the result is asked for.
 */
public final class KernelAlgebra {
    private KernelAlgebra() {}

    private record Rows(KernelShape shape, Adder adder) implements KernelRows {
        @FunctionalInterface
        interface Adder {
            /** As {@link KernelRows#addTo}. */
            double addTo(int out, double scale, double[] sums, int first, int step);
        }

        @Override
        public double addTo(int out, double scale, double[] sums, int first, int step) {
            return adder.addTo(out, scale, sums, first, step);
        }
    }

    /**
     * Convolution followed by {@code scale · y + shift}: {@code W' = W · scale} per output channel,
     * {@code b' = b · scale + shift} (for BatchNorm: RepVGG, Ding et al. 2021, equation 3).
     *
     * @throws IllegalArgumentException if the channel counts differ
     */
    public static KernelRows absorb(KernelRows kernel, ChannelAffine affine) {
        if (affine.channels() != kernel.shape().outChannels()) {
            throw new IllegalArgumentException(affine.channels() + " channels do not fit a kernel of "
                    + kernel.shape().outChannels() + " output channels");
        }
        return new Rows(
                kernel.shape(),
                (out, scale, sums, first, step) -> kernel.addTo(out, scale * affine.scale()[out], sums, first, step)
                        + scale * affine.shift()[out]);
    }

    /**
     * Convolution of {@code scale · x + shift}: {@code W' = W · scale} per input channel, {@code b' = b + Σ W · shift} over all
     * input channels and taps. Exact only where the convolution reads no padding or {@code shift} is zero.
     *
     * @throws IllegalArgumentException if the channel counts differ
     */
    public static KernelRows absorbBefore(ChannelAffine affine, KernelRows kernel) {
        KernelShape shape = kernel.shape();
        if (affine.channels() != shape.inChannels()) {
            throw new IllegalArgumentException(
                    affine.channels() + " channels do not fit a kernel of " + shape.inChannels() + " input channels");
        }
        int taps = shape.taps();
        return new Rows(shape, (out, scale, sums, first, step) -> {
            double[] row = new double[shape.weightsPerOutput()];
            double bias = kernel.addTo(out, scale, row, 0, 1);
            int firstIn = shape.groupOf(out) * shape.inChannelsPerGroup();
            for (int i = 0; i < row.length; i++) {
                int in = firstIn + i / taps;
                sums[first + i * step] += row[i] * affine.scale()[in];
                bias += row[i] * affine.shift()[in];
            }
            return bias;
        });
    }

    /**
     * The same function in fewer groups: each group's weights become a block on the diagonal of a wider one.
     *
     * @throws IllegalArgumentException if {@code groups} does not divide the kernel's groups
     */
    public static KernelRows regroup(KernelRows kernel, int groups) {
        KernelShape from = kernel.shape();
        if (from.groups() == groups) {
            return kernel;
        }
        KernelShape to = from.regrouped(groups);
        int joined = from.groups() / groups;
        return new Rows(to, (out, scale, sums, first, step) -> {
            int block = from.groupOf(out) % joined * from.weightsPerOutput();
            return kernel.addTo(out, scale, sums, first + block * step, step);
        });
    }

    /**
     * One group alone, as a kernel without groups.
     *
     * @param group from 0
     */
    public static KernelRows group(KernelRows kernel, int group) {
        KernelShape whole = kernel.shape();
        int outs = whole.outChannels() / whole.groups();
        return new Rows(
                new KernelShape(outs, whole.inChannelsPerGroup(), 1, whole.spatial()),
                (out, scale, sums, first, step) -> kernel.addTo(group * outs + out, scale, sums, first, step));
    }

    /** Average pooling as a depthwise kernel: each weight is one by the number of taps. */
    public static KernelRows averagePool(int channels, List<Integer> window) {
        KernelShape shape = new KernelShape(channels, 1, channels, window);
        int taps = shape.taps();
        return new Rows(shape, (out, scale, sums, first, step) -> {
            for (int tap = 0; tap < taps; tap++) {
                sums[first + tap * step] += scale / taps;
            }
            return 0;
        });
    }

    /**
     * Convolutions of the same input whose outputs are concatenated along the channels, as one.
     *
     * @param kernels at least one, all without groups and equal but for their number of output channels
     * @throws IllegalArgumentException if they are not
     */
    public static KernelRows concatenate(List<? extends KernelRows> kernels) {
        KernelShape shape =
                concatenatedShape(kernels.stream().map(KernelRows::shape).toList());
        int[] kernelOf = new int[shape.outChannels()];
        int[] rowOf = new int[shape.outChannels()];
        int at = 0;
        for (int k = 0; k < kernels.size(); k++) {
            for (int out = 0; out < kernels.get(k).shape().outChannels(); out++, at++) {
                kernelOf[at] = k;
                rowOf[at] = out;
            }
        }
        return new Rows(
                shape,
                (out, scale, sums, first, step) ->
                        kernels.get(kernelOf[out]).addTo(rowOf[out], scale, sums, first, step));
    }

    /** The shape of {@link #concatenate}. */
    public static KernelShape concatenatedShape(List<KernelShape> shapes) {
        KernelShape first = shapes.get(0);
        int out = 0;
        for (KernelShape shape : shapes) {
            if (shape.groups() != 1
                    || !shape.withOutChannels(first.outChannels()).equals(first)) {
                throw new IllegalArgumentException("kernels of " + first + " and " + shape + " cannot be concatenated");
            }
            out = Math.addExact(out, shape.outChannels());
        }
        return first.withOutChannels(out);
    }

    /**
     * {@code second} applied to the output of {@code first}, as one kernel on the taps of {@link ConvGeometry#compose}:
     * {@code W'[o, i, t] = Σ W2[o, m, t2] · W1[m, i, t1]} over the middle channels m and all taps that add up to t, and
     * {@code b' = b2 + Σ W2 · b1} (Ding et al. 2021, Diverse Branch Block, transforms III and IV). Exact only where
     * {@code second} reads no padding, or padding with {@code b1}. Each row needs all of {@code first}, which is therefore
     * read at once.
     *
     * @param first M × (I/g) kernel
     * @param second O × (M/g) kernel of the same number of groups
     * @throws IllegalArgumentException if channels, groups or taps do not fit, or the geometries cannot be composed
     */
    public static KernelRows compose(
            KernelRows first, ConvGeometry firstGeometry, KernelRows second, ConvGeometry secondGeometry) {
        KernelComposition composition =
                KernelComposition.of(first.shape(), firstGeometry, second.shape(), secondGeometry);
        ConvKernel inner = first.read();
        return new Rows(
                composition.shape(),
                (out, scale, sums, at, step) -> composition.addTo(inner, second, out, scale, sums, at, step));
    }

    /**
     * The shape of {@link #compose}.
     *
     * @throws IllegalArgumentException if channels, groups or taps do not fit, or the geometries cannot be composed
     */
    public static KernelShape composedShape(
            KernelShape first, ConvGeometry firstGeometry, KernelShape second, ConvGeometry secondGeometry) {
        return KernelComposition.of(first, firstGeometry, second, secondGeometry)
                .shape();
    }

    /** The 1×…×1 kernel that changes nothing: 1 at {@code [i, i mod (channels/groups)]}. */
    public static KernelRows identity(int channels, int groups, int spatialAxes) {
        int perGroup = channels / groups;
        return new Rows(identityShape(channels, groups, spatialAxes), (out, scale, sums, first, step) -> {
            sums[first + out % perGroup * step] += scale;
            return 0;
        });
    }

    /** The shape of {@link #identity}. */
    public static KernelShape identityShape(int channels, int groups, int spatialAxes) {
        return new KernelShape(channels, channels / groups, groups, Collections.nCopies(spatialAxes, 1));
    }

    /**
     * The kernel on the taps of a larger geometry, zero on those that it does not have: {@code pos(i) = (p' − p + i·d) / d'}
     * on each axis.
     *
     * @param from the geometry that {@code kernel} has, resolved
     * @param to one whose taps include those of {@code from}, resolved
     * @throws IllegalArgumentException if they do not
     */
    public static KernelRows grow(KernelRows kernel, ConvGeometry from, ConvGeometry to) {
        if (from.equals(to)) {
            return kernel;
        }
        KernelShape shape = kernel.shape().withSpatial(to.kernel());
        int[] position = positions(from, to);
        int taps = shape.taps();
        if (position.length == 1) {
            return new Rows(
                    shape,
                    (out, scale, sums, first, step) ->
                            kernel.addTo(out, scale, sums, first + position[0] * step, taps * step));
        }
        return new Rows(shape, (out, scale, sums, first, step) -> {
            double[] row = new double[kernel.shape().weightsPerOutput()];
            double bias = kernel.addTo(out, scale, row, 0, 1);
            for (int i = 0; i < row.length; i++) {
                int weight = i / position.length * taps + position[i % position.length];
                sums[first + weight * step] += row[i];
            }
            return bias;
        });
    }

    /** The kernel with its taps in reverse order along each axis. */
    public static KernelRows reverse(KernelRows kernel) {
        KernelShape shape = kernel.shape();
        int taps = shape.taps();
        return new Rows(shape, (out, scale, sums, first, step) -> {
            double[] row = new double[shape.weightsPerOutput()];
            double bias = kernel.addTo(out, scale, row, 0, 1);
            for (int i = 0; i < row.length; i++) {
                int mirrored = i - i % taps + taps - 1 - i % taps;
                sums[first + mirrored * step] += row[i];
            }
            return bias;
        });
    }

    /**
     * The sum of kernels of one shape: parallel convolutions of the same input and geometry are one.
     *
     * @param kernels at least one, all of the same shape
     * @throws IllegalArgumentException if the shapes differ
     */
    public static KernelRows add(List<? extends KernelRows> kernels) {
        KernelShape shape = kernels.get(0).shape();
        for (KernelRows kernel : kernels) {
            if (!kernel.shape().equals(shape)) {
                throw new IllegalArgumentException("kernels of " + shape + " and " + kernel.shape() + " do not add up");
            }
        }
        return new Rows(shape, (out, scale, sums, first, step) -> {
            double bias = 0;
            for (KernelRows kernel : kernels) {
                bias += kernel.addTo(out, scale, sums, first, step);
            }
            return bias;
        });
    }

    /** For each tap of {@code from}, in row-major order, the row-major number of the tap of {@code to}. */
    private static int[] positions(ConvGeometry from, ConvGeometry to) {
        int[] positions = {0};
        for (int a = 0; a < from.rank(); a++) {
            ConvAxis small = from.axes().get(a);
            ConvAxis large = to.axes().get(a);
            int[] next = new int[positions.length * small.kernel()];
            for (int p = 0; p < positions.length; p++) {
                for (int tap = 0; tap < small.kernel(); tap++) {
                    next[p * small.kernel() + tap] = positions[p] * large.kernel() + large.tapOf(small, tap);
                }
            }
            positions = next;
        }
        return positions;
    }
}
