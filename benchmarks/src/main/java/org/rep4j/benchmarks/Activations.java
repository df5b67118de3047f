package org.rep4j.benchmarks;

/**
 * What flows through a net whose sums of branches are about normal with variance 1, for its BatchNorms to have seen. Values are
 * typical ones, not exact: statistics of trained nets do not fit a single image either.
 */
final class Activations {
    /** Mean and variance of a ReLU's output; their mean square is a half. */
    static final double RELU_MEAN = 0.4;

    static final double RELU_VARIANCE = 0.34;
    static final double RELU_MEAN_SQUARE = 0.5;

    /** Of x · sigmoid(x). */
    static final double SILU_MEAN_SQUARE = 0.36;

    /** Of a ReLU's output behind a max pooling of 2×2. */
    static final double POOLED_MEAN_SQUARE = 1.2;

    /** Below one, so that deviations from the expected statistics die out along the net instead of building up. */
    static final double GAIN = 0.9;

    private Activations() {}
}
