package org.rep4j.layers.block;

import java.util.Arrays;
import java.util.List;

/**
 * An array that a block learns or keeps.
 *
 * @param name unique in its block; without underscores, at which Deeplearning4j splits names
 * @param role what it is for
 * @param initial its elements at first; kernels are drawn by the weight initialization where this is 0, and else have this number
 *     where a channel meets itself
 * @param deviation standard deviation of its elements at first, around {@code initial}; kernels have none
 * @param shape its sizes, row-major
 */
public record Parameter(String name, Role role, double initial, double deviation, List<Long> shape) {
    /** What a parameter is for, which decides how it starts, which updater and which regularization it gets. */
    public enum Role {
        /** The weights of a convolution or a linear map: l1, l2 and weight decay are for these. */
        WEIGHT,
        /** Added to the channels: the regularization of biases is for these. */
        BIAS,
        /** What channels are multiplied by, and the scale and shift of a batch normalization: never regularized. */
        AFFINE,
        /** A running average of a batch normalization: no gradient, so no updater, and nothing that clips gradients. */
        STATISTIC
    }

    /** A kernel or matrix, drawn by the weight initialization. */
    public static Parameter weight(String name, long... shape) {
        return of(name, Role.WEIGHT, 0, 0, shape);
    }

    /** A kernel of one tap that starts as the identity. */
    public static Parameter identity(String name, long... shape) {
        return of(name, Role.WEIGHT, 1, 0, shape);
    }

    /** One number per channel. */
    public static Parameter perChannel(String name, Role role, double initial, long channels) {
        return drawn(name, role, initial, 0, channels);
    }

    /** One number per channel, drawn around {@code initial}. */
    public static Parameter drawn(String name, Role role, double initial, double deviation, long channels) {
        return of(name, role, initial, deviation, channels);
    }

    private static Parameter of(String name, Role role, double initial, double deviation, long... shape) {
        return new Parameter(
                name, role, initial, deviation, Arrays.stream(shape).boxed().toList());
    }

    /** Number of elements. */
    public long length() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** {@link #shape} as ND4J takes it. */
    public long[] dims() {
        return shape.stream().mapToLong(d -> d).toArray();
    }
}
