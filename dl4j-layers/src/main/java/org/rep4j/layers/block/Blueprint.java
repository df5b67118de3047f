package org.rep4j.layers.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block as it is trained: a sum of branches, then perhaps a batch normalization, squeeze and excitation, and the activation.
 *
 * @param branches at least one
 * @param normalization of the sum, null for none
 * @param squeezeExcite null for none
 */
public record Blueprint(
        List<Branch> branches,
        @Nullable BatchNormStep normalization,
        @Nullable SqueezeExcite squeezeExcite) {
    /** Copies the list. */
    public Blueprint {
        branches = List.copyOf(branches);
        if (branches.isEmpty()) {
            throw new IllegalArgumentException("a block needs a branch");
        }
    }

    /** A plain sum. */
    public static Blueprint of(List<Branch> branches) {
        return new Blueprint(branches, null, null);
    }

    /** All parameters, in the order in which they are stored. */
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        branches.forEach(branch -> branch.steps().forEach(step -> parameters.addAll(step.parameters())));
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
        long[] result = branches.get(0).outputSizes(sizes);
        for (Branch branch : branches) {
            long[] other = branch.outputSizes(sizes);
            if (other[0] < 1 || other[1] < 1) {
                throw new IllegalArgumentException("an image of " + text(sizes) + " is too small: its branch "
                        + branch.name() + " would make " + text(other) + " of it");
            }
            if (!Arrays.equals(result, other)) {
                throw new IllegalArgumentException("of an image of " + text(sizes) + " its branch "
                        + branches.get(0).name() + " makes " + text(result) + ", its branch " + branch.name()
                        + " makes " + text(other));
            }
        }
        return result;
    }

    private static String text(long... sizes) {
        return sizes[0] + "×" + sizes[1];
    }
}
