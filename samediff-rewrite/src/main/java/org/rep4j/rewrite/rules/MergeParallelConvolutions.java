package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Node;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;
import org.rep4j.rewrite.rules.Bundle.Member;

/**
 * Adds up the kernels of parallel convolutions (or linear layers) of one input and geometry, over whole trees of sums.
 *
 * <pre>
 * before   x → Conv(W₁, b₁) → Sum → y         after   x → Conv(W₁ ± W₂, b₁ ± b₂) → y
 *          x → Conv(W₂, b₂) ↗
 * </pre>
 *
 * <p>Operands that do not fit stay operands of what is left of the sum. Needs: same input, geometry, groups, layout and
 * number format; nobody else reads the convolutions' outputs.
 */
public final class MergeParallelConvolutions extends BranchRule {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public MergeParallelConvolutions() {
        this(CostGuard.ON);
    }

    private MergeParallelConvolutions(CostGuard guard) {
        super(Phase.MERGE, guard);
    }

    @Override
    public Rule allowingCost() {
        return new MergeParallelConvolutions(CostGuard.OFF);
    }

    @Override
    public String description() {
        return "Convolutions of the same input whose outputs are added become one";
    }

    @Override
    Outcome apply(Branches branches) {
        List<List<Member>> merges = branches.mergeable()
                .flatMap(bundle -> mergeable(bundle).stream())
                .filter(parallel -> parallel.size() > 1)
                .toList();
        return merges.isEmpty() ? WhyNotMerged.explain(branches) : rewritten(replacement(branches, merges));
    }

    /** The members that can be added up as they are. */
    private static Collection<List<Member>> mergeable(Bundle bundle) {
        record Alike(ConvGeometry geometry, int groups) {}

        Map<Alike, List<Member>> equal = new LinkedHashMap<>();
        for (Member member : bundle.members()) {
            if (member.branch().kind() == Branch.Kind.KERNEL) {
                Alike alike =
                        new Alike(member.geometry(), member.kernel().shape().groups());
                equal.computeIfAbsent(alike, a -> new ArrayList<>()).add(member);
            }
        }
        return equal.values();
    }

    private static Replacement replacement(Branches branches, List<List<Member>> merges) {
        Map<Value, KernelSource> sums = new HashMap<>();
        Map<Value, KernelNode> merged = new HashMap<>();
        Map<String, String> hosts = new HashMap<>();
        List<Node> removed = new ArrayList<>(branches.tree().sums());
        for (List<Member> parallel : merges) {
            KernelNode first = parallel.get(0).branch().kernel().orElseThrow();
            for (Member member : parallel) {
                KernelNode op = member.branch().kernel().orElseThrow();
                removed.add(op);
                merged.put(op.output(), first);
                hosts.put(op.name(), first.name());
            }
            sums.put(
                    first.output(),
                    FoldedKernel.add(parallel.stream()
                            .map(MergeParallelConvolutions::signed)
                            .toList()));
        }
        // The merged convolution keeps the place of the first one.
        List<Term> terms = new ArrayList<>();
        for (Term term : branches.tree().terms()) {
            if (!merged.containsKey(term.value())) {
                terms.add(term);
            } else if (sums.containsKey(term.value())) {
                terms.add(Term.plus(term.value()));
            }
        }
        List<Node> added = new ArrayList<>();
        Value output = branches.tree().top().output();
        for (List<Member> parallel : merges) {
            KernelNode first = parallel.get(0).branch().kernel().orElseThrow();
            added.add(BranchRewrites.like(
                    first,
                    first.name(),
                    first.input(),
                    terms.size() == 1 ? output : first.output(),
                    Objects.requireNonNull(sums.get(first.output())),
                    parallel.get(0).geometry()));
        }
        if (terms.size() > 1) {
            added.add(BranchRewrites.sum(branches.tree(), terms));
        }
        return new Replacement(removed, added, hosts);
    }

    private static KernelSource signed(Member member) {
        if (!member.branch().term().negated()) {
            return member.kernel();
        }
        double[] minus = new double[member.kernel().shape().outChannels()];
        Arrays.fill(minus, -1);
        return FoldedKernel.absorb(member.kernel(), ChannelAffine.scaling(minus));
    }
}
