package org.rep4j.layers.block;

import java.util.List;

/**
 * Branches side by side within a branch, and their sum.
 *
 * @param branches at least one, of which the first is not subtracted
 * @param channels that each of them puts out
 */
public record SumStep(List<Branch> branches, long channels) implements Step {
    /** Copies the list. */
    public SumStep {
        branches = Branches.checked(branches);
    }

    @Override
    public List<Parameter> parameters() {
        return Branches.parameters(branches);
    }

    @Override
    public long[] outputSizes(long... sizes) {
        return Branches.outputSizes(branches, sizes);
    }
}
