package org.rep4j.rewrite.rules;

import org.rep4j.rewrite.Rule;

/**
 * Writes a branch of several linear ops in a row as one convolution, so that it merges with a convolution of the same input.
 *
 * <pre>
 * before   x → Conv 3×3                       → Sum → y         after   x → Conv 3×3 → Sum → y
 *          x → Conv 1×1 → (Pad →) Conv 3×3    ↗                         x → Conv 3×3 ↗
 * </pre>
 *
 * <p>What {@link MergeSequentialConvolutions} does where it pays by itself, and more: a depthwise convolution and the 1×1
 * behind it, a rank bottleneck or a BatchNorm before an unpadded convolution cost nothing once a sibling has room for them
 * (Diverse Branch Block, Ding et al. 2021; ECBSR, Zhang et al. 2021). Exact under the same conditions.
 */
public final class ExpandSequenceIntoConvolution extends ExpandBranch {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public ExpandSequenceIntoConvolution() {
        this(CostGuard.ON);
    }

    private ExpandSequenceIntoConvolution(CostGuard guard) {
        super(Branch.Kind.SEQUENCE, guard);
    }

    @Override
    public Rule allowingCost() {
        return new ExpandSequenceIntoConvolution(CostGuard.OFF);
    }

    @Override
    public String description() {
        return "A branch of several linear ops becomes one convolution, to merge with its sibling";
    }
}
