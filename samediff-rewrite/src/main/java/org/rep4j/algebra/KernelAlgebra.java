package org.rep4j.algebra;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The folds, as pure functions on kernels. Each is exact in real arithmetic; whether it may be applied where it stands in a
 * graph (padding, other consumers) is the rules' business.
 */
public final class KernelAlgebra {
    private KernelAlgebra() {}

    /**
     * Convolution followed by {@code scale · y + shift}: {@code W' = W · scale} per output channel,
     * {@code b' = b · scale + shift} (for BatchNorm: RepVGG, Ding et al. 2021, equation 3).
     *
     * @throws IllegalArgumentException if the channel counts differ
     */
    public static ConvKernel absorb(ConvKernel kernel, ChannelAffine affine) {
        if (affine.channels() != kernel.shape().outChannels()) {
            throw new IllegalArgumentException(affine.channels() + " channels do not fit a kernel of "
                    + kernel.shape().outChannels() + " output channels");
        }
        double[] weights = kernel.weights().clone();
        double[] bias = kernel.bias().clone();
        int row = kernel.weightsPerOutput();
        for (int o = 0; o < bias.length; o++) {
            double scale = affine.scale()[o];
            for (int i = o * row; i < (o + 1) * row; i++) {
                weights[i] *= scale;
            }
            bias[o] = bias[o] * scale + affine.shift()[o];
        }
        return new ConvKernel(kernel.shape(), weights, bias);
    }

    /**
     * Convolution of {@code scale · x + shift}: {@code W' = W · scale} per input channel, {@code b' = b + Σ W · shift} over all
     * input channels and taps. Exact only where the convolution reads no padding or {@code shift} is zero.
     *
     * @throws IllegalArgumentException if the channel counts differ
     */
    public static ConvKernel absorbBefore(ChannelAffine affine, ConvKernel kernel) {
        KernelShape shape = kernel.shape();
        if (affine.channels() != shape.inChannels()) {
            throw new IllegalArgumentException(
                    affine.channels() + " channels do not fit a kernel of " + shape.inChannels() + " input channels");
        }
        double[] weights = kernel.weights().clone();
        double[] bias = kernel.bias().clone();
        int ins = shape.inChannelsPerGroup();
        int taps = shape.taps();
        for (int plane = 0; plane < bias.length * ins; plane++) {
            int out = plane / ins;
            int in = shape.groupOf(out) * ins + plane % ins;
            for (int i = plane * taps; i < (plane + 1) * taps; i++) {
                bias[out] += weights[i] * affine.shift()[in];
                weights[i] *= affine.scale()[in];
            }
        }
        return new ConvKernel(shape, weights, bias);
    }

    /**
     * The same function in fewer groups: each group's weights become a block on the diagonal of a wider one.
     *
     * @throws IllegalArgumentException if {@code groups} does not divide the kernel's groups
     */
    public static ConvKernel regroup(ConvKernel kernel, int groups) {
        KernelShape from = kernel.shape();
        if (from.groups() == groups) {
            return kernel;
        }
        KernelShape to = from.regrouped(groups);
        int joined = from.groups() / groups;
        int row = kernel.weightsPerOutput();
        double[] weights = new double[Math.toIntExact(to.weights())];
        for (int o = 0; o < from.outChannels(); o++) {
            int block = from.groupOf(o) % joined;
            System.arraycopy(kernel.weights(), o * row, weights, (o * joined + block) * row, row);
        }
        return new ConvKernel(to, weights, kernel.bias().clone());
    }

    /** Average pooling as a depthwise kernel: each weight is one by the number of taps. */
    public static ConvKernel averagePool(int channels, List<Integer> window) {
        KernelShape shape = new KernelShape(channels, 1, channels, window);
        double[] weights = new double[Math.toIntExact(shape.weights())];
        Arrays.fill(weights, 1.0 / shape.taps());
        return new ConvKernel(shape, weights, new double[channels]);
    }

    /**
     * Convolutions of the same input whose outputs are concatenated along the channels, as one.
     *
     * @param kernels at least one, all without groups and equal but for their number of output channels
     * @throws IllegalArgumentException if they are not
     */
    public static ConvKernel concatenate(List<ConvKernel> kernels) {
        KernelShape shape =
                concatenatedShape(kernels.stream().map(ConvKernel::shape).toList());
        return new ConvKernel(
                shape,
                kernels.stream()
                        .flatMapToDouble(k -> Arrays.stream(k.weights()))
                        .toArray(),
                kernels.stream().flatMapToDouble(k -> Arrays.stream(k.bias())).toArray());
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
     * {@code second} reads no padding, or padding with {@code b1}.
     *
     * @param first M × (I/g) kernel
     * @param second O × (M/g) kernel of the same number of groups
     * @throws IllegalArgumentException if channels, groups or taps do not fit, or the geometries cannot be composed
     */
    public static ConvKernel compose(
            ConvKernel first, ConvGeometry firstGeometry, ConvKernel second, ConvGeometry secondGeometry) {
        return KernelComposition.of(first.shape(), firstGeometry, second.shape(), secondGeometry)
                .apply(first, second);
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
    public static ConvKernel identity(int channels, int groups, int spatialAxes) {
        KernelShape shape = identityShape(channels, groups, spatialAxes);
        int perGroup = shape.inChannelsPerGroup();
        double[] weights = new double[Math.toIntExact(shape.weights())];
        for (int c = 0; c < channels; c++) {
            weights[c * perGroup + c % perGroup] = 1;
        }
        return new ConvKernel(shape, weights, new double[channels]);
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
    public static ConvKernel grow(ConvKernel kernel, ConvGeometry from, ConvGeometry to) {
        if (from.equals(to)) {
            return kernel;
        }
        KernelShape shape = kernel.shape().withSpatial(to.kernel());
        int[] position = positions(from, to);
        int oldTaps = kernel.shape().taps();
        int newTaps = shape.taps();
        double[] weights = new double[Math.toIntExact(shape.weights())];
        for (int plane = 0; plane < weights.length / newTaps; plane++) {
            for (int tap = 0; tap < oldTaps; tap++) {
                weights[plane * newTaps + position[tap]] = kernel.weights()[plane * oldTaps + tap];
            }
        }
        return new ConvKernel(shape, weights, kernel.bias().clone());
    }

    /**
     * The sum of kernels of one shape: parallel convolutions of the same input and geometry are one.
     *
     * @param kernels at least one, all of the same shape
     * @throws IllegalArgumentException if the shapes differ
     */
    public static ConvKernel add(List<ConvKernel> kernels) {
        KernelShape shape = kernels.get(0).shape();
        double[] weights = new double[Math.toIntExact(shape.weights())];
        double[] bias = new double[shape.outChannels()];
        for (ConvKernel kernel : kernels) {
            if (!kernel.shape().equals(shape)) {
                throw new IllegalArgumentException("kernels of " + shape + " and " + kernel.shape() + " do not add up");
            }
            accumulate(weights, kernel.weights());
            accumulate(bias, kernel.bias());
        }
        return new ConvKernel(shape, weights, bias);
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

    private static void accumulate(double[] sum, double[] summand) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += summand[i];
        }
    }
}
