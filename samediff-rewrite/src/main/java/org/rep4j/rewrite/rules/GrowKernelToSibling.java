package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Node;
import org.rep4j.graph.Sum;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;
import org.rep4j.rewrite.SumTree;

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
public final class GrowKernelToSibling implements Rule {
    private static final Capture<Sum> SUM = Capture.of(Sum.class);
    private static final Pattern<Sum> PATTERN =
            Pattern.node(Sum.class).capturedAs(SUM).where(SumTree::isTop);

    @Override
    public String description() {
        return "A small kernel grows with zeros to the size of its sibling, to merge with it";
    }

    @Override
    public Phase phase() {
        return Phase.EXPAND;
    }

    @Override
    public Pattern<Sum> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        List<Node> small = new ArrayList<>();
        List<Node> grown = new ArrayList<>();
        for (Bundle bundle : Branches.of(match.get(SUM), graph).bundles()) {
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
