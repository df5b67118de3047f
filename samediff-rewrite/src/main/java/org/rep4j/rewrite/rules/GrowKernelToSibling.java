package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.graph.Node;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;
import org.rep4j.rewrite.rules.Bundle.Member;

/**
 * Grows the smaller kernels among parallel convolutions with zeros until all have the same taps and groups, so that they merge.
 *
 * <pre>
 * before   x → Conv 3×3, padding 1 → Sum → y         after   x → Conv 3×3, padding 1 → Sum → y
 *          x → Conv 1×1            ↗                         x → Conv 3×3, padding 1 ↗
 * </pre>
 *
 * <p>Tap i goes where {@code (p′ − p + i·d) / d′} says, on each axis: the centre only where the paddings say so. A kernel of
 * more groups becomes a block-diagonal one of fewer. Needs: same input, stride and output size; the merge that follows must not
 * raise the multiply-adds or the weights.
 */
public final class GrowKernelToSibling extends BranchRule {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public GrowKernelToSibling() {
        this(CostGuard.ON);
    }

    private GrowKernelToSibling(CostGuard guard) {
        super(Phase.EXPAND, guard);
    }

    @Override
    public Rule allowingCost() {
        return new GrowKernelToSibling(CostGuard.OFF);
    }

    @Override
    public String description() {
        return "A small kernel grows with zeros to the size and groups of its sibling, to merge with it";
    }

    @Override
    Outcome apply(Branches branches) {
        List<Node> small = new ArrayList<>();
        List<Node> grown = new ArrayList<>();
        branches.mergeable().forEach(bundle -> {
            for (Member member : bundle.members()) {
                boolean fits = member.geometry().equals(bundle.hull())
                        && member.kernel().shape().groups() == bundle.groups();
                if (!fits) {
                    member.branch().kernel().ifPresent(op -> {
                        small.add(op);
                        grown.add(BranchRewrites.grown(member, bundle, op));
                    });
                }
            }
        });
        return small.isEmpty() ? notApplicable() : rewritten(new Replacement(small, grown));
    }
}
