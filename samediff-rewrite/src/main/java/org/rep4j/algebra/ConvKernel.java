package org.rep4j.algebra;

/**
 * Weights and bias of a convolution (or linear layer), in double precision.
 *
 * <p>Weights are in row-major order of {@link KernelShape}: O × (I/groups) × k₁ × … × kₙ, cross-correlation as in ONNX and
 * Deeplearning4j. The bias has O entries and is zero where the convolution has none. A kernel owns its arrays: who builds
 * one hands them over, who reads them must not write.
 */
public final class ConvKernel implements KernelRows {
    private final KernelShape shape;
    private final double[] weights;
    private final double[] bias;

    /**
     * @param shape the kernel's sizes
     * @param weights in canonical order, handed over
     * @param bias one entry per output channel, handed over
     * @throws IllegalArgumentException if an array's length does not match the shape
     */
    public ConvKernel(KernelShape shape, double[] weights, double[] bias) {
        if (weights.length != shape.weights() || bias.length != shape.outChannels()) {
            throw new IllegalArgumentException(
                    weights.length + " weights and " + bias.length + " biases do not fill a kernel of " + shape);
        }
        this.shape = shape;
        this.weights = weights;
        this.bias = bias;
    }

    @Override
    public KernelShape shape() {
        return shape;
    }

    /** The weights in canonical order; not a copy. */
    public double[] weights() {
        return weights;
    }

    /** The bias, one entry per output channel; not a copy. */
    public double[] bias() {
        return bias;
    }

    @Override
    public double addTo(int out, double scale, double[] sums, int first, int step) {
        int row = shape.weightsPerOutput();
        for (int i = 0; i < row; i++) {
            sums[first + i * step] += scale * weights[out * row + i];
        }
        return scale * bias[out];
    }

    /** This kernel itself. */
    @Override
    public ConvKernel read() {
        return this;
    }
}
