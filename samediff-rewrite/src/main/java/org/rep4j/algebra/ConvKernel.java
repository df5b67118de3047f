package org.rep4j.algebra;

/**
 * Weights and bias of a convolution (or linear layer), in double precision.
 *
 * <p>Weights are in row-major order of {@link KernelShape}: O × (I/groups) × k₁ × … × kₙ, cross-correlation as in ONNX and
 * Deeplearning4j. The bias has O entries and is zero where the convolution has none. A kernel owns its arrays: who builds
 * one hands them over, who reads them must not write.
 */
public final class ConvKernel {
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

    /** The kernel's sizes. */
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

    /** The largest absolute weight or bias of each output channel; NaN where one of them is NaN. */
    public double[] bounds() {
        double[] bounds = new double[bias.length];
        int row = weightsPerOutput();
        for (int o = 0; o < bounds.length; o++) {
            double bound = Math.abs(bias[o]);
            for (int i = o * row; i < (o + 1) * row; i++) {
                bound = Math.max(bound, Math.abs(weights[i])); // Math.max keeps NaN
            }
            bounds[o] = bound;
        }
        return bounds;
    }

    /** Number of weights that one output channel has. */
    int weightsPerOutput() {
        return weights.length / shape.outChannels();
    }
}
