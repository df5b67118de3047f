package org.rep4j.rewrite.rules;

import org.rep4j.rewrite.Rule;

/**
 * Writes a branch with an average pool as a convolution, so that it merges with a convolution of the same input.
 *
 * <pre>
 * before   x → Conv 3×3                  → Sum → y         after   x → Conv 3×3 → Sum → y
 *          x → [Conv 1×1 →] AveragePool  ↗                         x → Conv 3×3 ↗
 * </pre>
 *
 * <p>The pool's kernel is 1/k² at {@code [c, c mod (C/groups)]} (Diverse Branch Block, Ding et al. 2021, transform V);
 * convolutions, BatchNorms and paddings of the same branch are composed with it. Needs: zeros of its padding count, or there
 * is none; a sibling convolution that makes room for it without more multiply-adds or weights.
 */
public final class ExpandAveragePoolIntoConvolution extends ExpandBranch {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public ExpandAveragePoolIntoConvolution() {
        this(CostGuard.ON);
    }

    private ExpandAveragePoolIntoConvolution(CostGuard guard) {
        super(Branch.Kind.AVERAGE_POOL, guard);
    }

    @Override
    public Rule allowingCost() {
        return new ExpandAveragePoolIntoConvolution(CostGuard.OFF);
    }

    @Override
    public String description() {
        return "A branch that averages its input becomes a convolution, to merge with its sibling";
    }
}
