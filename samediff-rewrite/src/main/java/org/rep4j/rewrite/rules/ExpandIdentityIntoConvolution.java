package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;
import org.rep4j.rewrite.rules.Bundle.Member;

/**
 * Writes the identity branch of a sum as a 1×1 convolution, so that it merges with a convolution of the same input.
 *
 * <pre>
 * before   x → Conv → Sum → y         after   x → Conv     → Sum → y
 *          x ---------↗                       x → Conv 1×1 ↗
 * </pre>
 *
 * <p>The kernel is 1 at {@code [i, i mod (C/groups)]} (RepVGG, Ding et al. 2021, section 3.3), depthwise until it merges. Needs:
 * the convolution keeps size and channels and has a tap at the position itself, so that the merge that follows costs nothing.
 */
public final class ExpandIdentityIntoConvolution extends BranchRule {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public ExpandIdentityIntoConvolution() {
        this(CostGuard.ON);
    }

    private ExpandIdentityIntoConvolution(CostGuard guard) {
        super(Phase.EXPAND, guard);
    }

    @Override
    public Rule allowingCost() {
        return new ExpandIdentityIntoConvolution(CostGuard.OFF);
    }

    @Override
    public String description() {
        return "A branch that is the input itself becomes a 1x1 convolution, to merge with its sibling";
    }

    @Override
    Outcome apply(Branches branches) {
        Map<Branch, KernelNode> identities = new IdentityHashMap<>();
        List<Node> added = new ArrayList<>();
        Set<String> names = new HashSet<>();
        branches.mergeable().forEach(bundle -> {
            for (Member member : bundle.members()) {
                if (member.branch().kind() == Branch.Kind.IDENTITY) {
                    String name = freshName(member.branch().source(), names, branches);
                    Value sibling = bundle.first().branch().term().value();
                    Value output = Value.of(name, sibling.shape(), sibling.type());
                    KernelNode identity = BranchRewrites.written(member, bundle, name, output);
                    identities.put(member.branch(), identity);
                    added.add(identity);
                }
            }
        });
        if (added.isEmpty()) {
            return branches.refuse(Branch.Kind.IDENTITY);
        }
        List<Term> terms = new ArrayList<>();
        for (Branch branch : branches.all()) {
            KernelNode identity = identities.get(branch);
            terms.add(
                    identity == null
                            ? branch.term()
                            : new Term(identity.output(), branch.term().negated()));
        }
        added.add(BranchRewrites.sum(branches.tree(), terms));
        return rewritten(new Replacement(new ArrayList<>(branches.tree().sums()), added));
    }

    /** A name that neither the graph has nor another identity of the same rewrite. */
    private static String freshName(Value source, Set<String> names, Branches branches) {
        String base = source.name() + "_identity";
        String name = branches.graph().freshName(names.isEmpty() ? base : base + "_" + (names.size() + 1));
        while (!names.add(name)) {
            name = branches.graph().freshName(name + "_" + (names.size() + 1));
        }
        return name;
    }
}
