package org.rep4j.algebra;

import java.util.Arrays;

/**
 * A kernel that is computed one output channel at a time, so that folding a large one needs no more memory than a row of it.
 * Safe to be read by several threads at once.
 */
public interface KernelRows {
    /** The kernel's sizes. */
    KernelShape shape();

    /**
     * Adds {@code scale} times the weights of one output channel, (I/groups) × k₁ × … × kₙ of them, to numbers that lie
     * {@code step} apart.
     *
     * @param out the output channel
     * @param sums what is added to
     * @param first where the first weight goes
     * @return {@code scale} times the bias of that channel
     */
    double addTo(int out, double scale, double[] sums, int first, int step);

    /** What {@link #forEach} shows each row to. */
    @FunctionalInterface
    interface Visitor {
        /**
         * @param out the output channel
         * @param weights valid until the method returns
         * @param bias the channel's bias
         */
        void row(int out, double[] weights, double bias);
    }

    /** Visits each row once: in any order and, if the kernel is large, on several threads. */
    default void forEach(Visitor visitor) {
        KernelShape shape = shape();
        int rows = shape.outChannels();
        int rowsAtOnce = Math.max(1, (1 << 15) / shape.weightsPerOutput()); // one buffer for so many weights
        shape.range((rows - 1) / rowsAtOnce + 1).forEach(block -> {
            double[] row = new double[shape.weightsPerOutput()];
            for (int out = block * rowsAtOnce; out < Math.min(rows, (block + 1) * rowsAtOnce); out++) {
                Arrays.fill(row, 0);
                double bias = addTo(out, 1, row, 0, 1);
                visitor.row(out, row, bias);
            }
        });
    }

    /** The whole kernel. */
    default ConvKernel read() {
        double[] weights = new double[Math.toIntExact(shape().weights())];
        double[] biases = new double[shape().outChannels()];
        forEach((out, row, bias) -> {
            System.arraycopy(row, 0, weights, out * row.length, row.length);
            biases[out] = bias;
        });
        return new ConvKernel(shape(), weights, biases);
    }

    /** The largest absolute weight or bias of each output channel; NaN where one of them is NaN. */
    default double[] bounds() {
        double[] bounds = new double[shape().outChannels()];
        forEach((out, row, bias) -> {
            double bound = Math.abs(bias);
            for (double weight : row) {
                bound = Math.max(bound, Math.abs(weight)); // Math.max keeps NaN
            }
            bounds[out] = bound;
        });
        return bounds;
    }
}
