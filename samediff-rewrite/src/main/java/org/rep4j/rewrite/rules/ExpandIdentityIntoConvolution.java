package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;
import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;

/**
 * Writes the identity branch of a sum as a 1×1 convolution, so that it merges with a convolution of the same input.
 *
 * <pre>
 * before   x → Conv → Sum → y         after   x → Conv     → Sum → y
 *          x ---------↗                       x → Conv 1×1 ↗
 * </pre>
 *
 * <p>The kernel is 1 at {@code [i, i mod (C/groups)]} (RepVGG, Ding et al. 2021, section 3.3). Needs: the convolution keeps
 * size and channels and has a tap at the position itself, so that the merge that follows costs nothing.
 */
public final class ExpandIdentityIntoConvolution extends BranchRule {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public ExpandIdentityIntoConvolution() {
        super(Phase.EXPAND);
    }

    @Override
    public String description() {
        return "A branch that is the input itself becomes a 1x1 convolution, to merge with its sibling";
    }

    @Override
    Outcome apply(Branches branches) {
        List<Value> leaves = new ArrayList<>();
        List<Node> added = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Optional<String> refusal = Optional.empty();
        for (Value leaf : branches.tree().leaves()) {
            Bundle host = branches.hostOfIdentity(leaf).orElse(null);
            Convolution identity =
                    host == null ? null : BranchRewrites.identity(host, leaf, freshName(leaf, names, branches.graph()));
            if (host != null
                    && identity != null
                    && host.reserve(identity.kernel().bounds())) {
                added.add(identity);
                leaves.add(identity.output());
            } else {
                leaves.add(leaf);
                Optional<String> reason =
                        host == null ? branches.refusalOfIdentity(leaf) : Optional.of(host.overflow());
                refusal = refusal.or(() -> reason.map(r -> "its operand " + leaf.name() + " stays: " + r));
            }
        }
        if (added.isEmpty()) {
            return refusal.map(r -> declined(r)).orElse(notApplicable());
        }
        added.add(BranchRewrites.sum(branches.tree(), leaves));
        return rewritten(new Replacement(new ArrayList<>(branches.tree().sums()), added));
    }

    /** A name that neither the graph has nor another identity of the same rewrite. */
    private static String freshName(Value leaf, Set<String> names, ConvGraph graph) {
        String base = leaf.name() + "_identity";
        String name = graph.freshName(names.isEmpty() ? base : base + "_" + (names.size() + 1));
        while (!names.add(name)) {
            name = graph.freshName(name + "_" + (names.size() + 1));
        }
        return name;
    }
}
