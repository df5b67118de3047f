package org.rep4j.layers.block;

import java.util.Arrays;
import java.util.List;

/** What branches are together whose results are added up. */
final class Branches {
    private Branches() {}

    /** A copy, checked: there is a first one, which is not subtracted. */
    static List<Branch> checked(List<Branch> branches) {
        if (branches.isEmpty() || branches.get(0).subtracted()) {
            throw new IllegalArgumentException("a sum starts with a branch that is added");
        }
        return List.copyOf(branches);
    }

    static List<Parameter> parameters(List<Branch> branches) {
        return branches.stream()
                .flatMap(branch -> branch.steps().stream())
                .flatMap(step -> step.parameters().stream())
                .toList();
    }

    /**
     * Height and width of their sum.
     *
     * @throws IllegalArgumentException if they disagree, or a window does not fit into the image
     */
    static long[] outputSizes(List<Branch> branches, long... sizes) {
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
