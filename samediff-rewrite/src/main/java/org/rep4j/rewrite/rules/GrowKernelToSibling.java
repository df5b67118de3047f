package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Node;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;

/**
 * Grows the smaller kernels among parallel convolutions with zeros until all have the same taps, so that they merge.
 *
 * <pre>
 * before   x → Conv 3×3, padding 1 → Sum → y         after   x → Conv 3×3, padding 1 → Sum → y
 *          x → Conv 1×1            ↗                         x → Conv 3×3, padding 1 ↗
 * </pre>
 *
 * <p>Tap i goes where {@code (p′ − p + i·d) / d′} says, on each axis: the centre only where the paddings say so. Needs: same
 * input, stride, groups and output size; the merge that follows must not raise the multiply-adds.
 */
public final class GrowKernelToSibling extends BranchRule {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public GrowKernelToSibling() {
        super(Phase.EXPAND);
    }

    @Override
    public String description() {
        return "A small kernel grows with zeros to the size of its sibling, to merge with it";
    }

    @Override
    Outcome apply(Branches branches) {
        List<Node> small = new ArrayList<>();
        List<Node> grown = new ArrayList<>();
        for (Bundle bundle : branches.bundles()) {
            for (Convolution conv : bundle.convolutions()) {
                if (!conv.geometry().equals(bundle.hull())) {
                    small.add(conv);
                    grown.add(BranchRewrites.grown(conv, bundle.hull()));
                }
            }
        }
        return small.isEmpty() ? notApplicable() : rewritten(new Replacement(small, grown));
    }
}
