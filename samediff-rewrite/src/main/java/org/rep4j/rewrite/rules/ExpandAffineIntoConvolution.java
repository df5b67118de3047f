package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;
import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;

/**
 * Writes a BatchNorm, scale or bias branch of a sum as a 1×1 convolution, so that it merges with a convolution of the same
 * input.
 *
 * <pre>
 * before   x → Conv      → Sum → y         after   x → Conv     → Sum → y
 *          x → BatchNorm ↗                         x → Conv 1×1 ↗
 * </pre>
 *
 * <p>The kernel is the identity's with the BatchNorm absorbed (RepVGG, Ding et al. 2021, section 3.3). Needs what
 * {@link ExpandIdentityIntoConvolution} needs, and that nobody else reads the BatchNorm's output.
 */
public final class ExpandAffineIntoConvolution extends BranchRule {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public ExpandAffineIntoConvolution() {
        super(Phase.EXPAND);
    }

    @Override
    public String description() {
        return "A branch that only normalizes or scales the input becomes a 1x1 convolution, to merge with its sibling";
    }

    @Override
    Outcome apply(Branches branches) {
        List<Value> leaves = new ArrayList<>();
        List<Node> removed = new ArrayList<>(branches.tree().sums());
        List<Node> added = new ArrayList<>();
        Optional<String> refusal = Optional.empty();
        for (Value leaf : branches.tree().leaves()) {
            leaves.add(leaf);
            AffineNode affine = branches.graph()
                    .producer(leaf)
                    .filter(AffineNode.class::isInstance)
                    .map(AffineNode.class::cast)
                    .orElse(null);
            if (affine == null) {
                continue;
            }
            Optional<Bundle> host = branches.hostOfIdentity(affine.input());
            Optional<String> defect =
                    host.isEmpty() ? branches.refusalOfIdentity(affine.input()) : defect(affine, host.get(), branches);
            if (host.isPresent() && defect.isEmpty()) {
                removed.add(affine);
                added.add(expanded(affine, host.get()));
            } else {
                refusal = refusal.or(() -> defect.map(d -> "its operand " + affine.label() + " stays: " + d));
            }
        }
        if (added.isEmpty()) {
            return refusal.map(r -> declined(r)).orElse(notApplicable());
        }
        added.add(BranchRewrites.sum(branches.tree(), leaves));
        return rewritten(new Replacement(removed, added));
    }

    private static Convolution expanded(AffineNode affine, Bundle host) {
        Convolution identity = BranchRewrites.identity(host, affine.input(), affine.name());
        int channels = identity.kernel().shape().outChannels();
        return identity.with(FoldedKernel.absorb(identity.kernel(), affine.affine(channels)), affine.output());
    }

    private static Optional<String> defect(AffineNode affine, Bundle host, Branches branches) {
        if (!branches.isOwn(affine.output())) {
            return Optional.of("its output "
                    + Uses.outside(branches.tree().sums(), affine.output(), branches.graph())
                            .orElse("is added twice"));
        }
        Optional<String> mismatch = AffineFit.behind(host.first(), affine);
        if (mismatch.isPresent()) {
            return mismatch;
        }
        return host.reserve(expanded(affine, host).kernel().bounds()) ? Optional.empty() : Optional.of(host.overflow());
    }
}
