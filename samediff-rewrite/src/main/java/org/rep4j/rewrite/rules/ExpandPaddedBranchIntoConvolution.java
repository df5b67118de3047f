package org.rep4j.rewrite.rules;

import org.rep4j.rewrite.Rule;

/**
 * Writes a branch that pads or crops its input first as a convolution of the whole input, so that it merges with a convolution
 * of it.
 *
 * <pre>
 * before   x → Conv 3×3            → Sum → y         after   x → Conv 3×3 → Sum → y
 *          x → Crop 0,1 → Conv 3×1 ↗                         x → Conv 3×3 ↗
 * </pre>
 *
 * <p>A crop by c elements moves the taps by c into the input: they get the place that they have among those of the sibling
 * (ACNet, Ding et al. 2019, whose narrow branches read a crop where the square one pads less than k/2). A crop or padding alone
 * is an identity with moved taps. Needs: a sibling convolution whose taps make room for it without more multiply-adds or
 * weights, and that reads the input itself.
 */
public final class ExpandPaddedBranchIntoConvolution extends ExpandBranch {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public ExpandPaddedBranchIntoConvolution() {
        this(CostGuard.ON);
    }

    private ExpandPaddedBranchIntoConvolution(CostGuard guard) {
        super(Branch.Kind.PADDED, guard);
    }

    @Override
    public Rule allowingCost() {
        return new ExpandPaddedBranchIntoConvolution(CostGuard.OFF);
    }

    @Override
    public String description() {
        return "A branch that crops or pads its input reads the whole of it, to merge with its sibling";
    }
}
