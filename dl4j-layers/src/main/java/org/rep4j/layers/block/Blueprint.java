package org.rep4j.layers.block;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block as it is trained: a sum of branches, then perhaps a batch normalization, squeeze and excitation, and the activation.
 *
 * @param branches at least one, of which the first is not subtracted
 * @param normalization of the sum, null for none
 * @param squeezeExcite null for none
 * @param online the convolution, without bias, that the branches are together, if training adds their kernels up and then convolves each image
 *     once: they are convolutions without bias, filters and scales then; null where each branch sees the images
 * @param penalty null for none
 */
public record Blueprint(
        List<Branch> branches,
        @Nullable BatchNormStep normalization,
        @Nullable SqueezeExcite squeezeExcite,
        @Nullable ConvolutionStep online,
        @Nullable KernelPenalty penalty) {
    /** Copies the list. */
    public Blueprint {
        branches = Branches.checked(branches);
    }

    /** A block whose branches see the images. */
    public Blueprint(
            List<Branch> branches, @Nullable BatchNormStep normalization, @Nullable SqueezeExcite squeezeExcite) {
        this(branches, normalization, squeezeExcite, null, null);
    }

    /** A plain sum. */
    public static Blueprint of(List<Branch> branches) {
        return new Blueprint(branches, null, null);
    }

    /** The same with {@link #online} training. */
    public Blueprint online(ConvolutionStep whole) {
        return new Blueprint(branches, normalization, squeezeExcite, whole, penalty);
    }

    /** The same with a penalty, if there is one. */
    public Blueprint with(@Nullable KernelPenalty other) {
        return new Blueprint(branches, normalization, squeezeExcite, online, other);
    }

    /** All parameters, in the order in which they are stored. */
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>(Branches.parameters(branches));
        if (normalization != null) {
            parameters.addAll(normalization.parameters());
        }
        if (squeezeExcite != null) {
            parameters.addAll(squeezeExcite.parameters());
        }
        return parameters;
    }

    /**
     * Height and width of what comes out.
     *
     * @throws IllegalArgumentException if the branches disagree, or a window does not fit into the image
     */
    public long[] outputSizes(long... sizes) {
        return Branches.outputSizes(branches, sizes);
    }
}
