package org.rep4j.rewrite.rules;

import org.rep4j.rewrite.Rule;

/**
 * Writes a branch of BatchNorms, scales and biases as a 1×1 convolution, so that it merges with a convolution of the same
 * input.
 *
 * <pre>
 * before   x → Conv      → Sum → y         after   x → Conv     → Sum → y
 *          x → BatchNorm ↗                         x → Conv 1×1 ↗
 * </pre>
 *
 * <p>The kernel is the identity's with the BatchNorm absorbed (RepVGG, Ding et al. 2021, section 3.3), depthwise until it
 * merges. Needs what {@link ExpandIdentityIntoConvolution} needs, and that nobody else reads the BatchNorm's output.
 */
public final class ExpandAffineIntoConvolution extends ExpandBranch {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public ExpandAffineIntoConvolution() {
        this(CostGuard.ON);
    }

    private ExpandAffineIntoConvolution(CostGuard guard) {
        super(Branch.Kind.AFFINE, guard);
    }

    @Override
    public Rule allowingCost() {
        return new ExpandAffineIntoConvolution(CostGuard.OFF);
    }

    @Override
    public String description() {
        return "A branch that only normalizes or scales the input becomes a 1x1 convolution, to merge with its sibling";
    }
}
