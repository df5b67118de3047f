package org.rep4j.rewrite.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Sum;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.SumTree;
import org.rep4j.rewrite.rules.Bundle.Member;
import org.rep4j.rewrite.rules.CostGuard.Cost;

/**
 * The operands of a sum tree, sorted into bundles: branches of one source that can become one convolution without raising
 * multiply-adds or weights.
 */
final class Branches {
    private final SumTree tree;
    private final ConvGraph graph;
    private final CostGuard guard;
    private final List<Branch> branches;
    private final List<Bundle> bundles = new ArrayList<>();
    /** Why a branch is in no bundle with others, by the branch. */
    private final Map<Branch, Refusal> refusals = new IdentityHashMap<>();

    /** What branches must agree on before their taps are looked at. */
    private record Kind(String source, Composition.Shaping shaping, ElementType outputType, int outChannels) {}

    private Branches(SumTree tree, ConvGraph graph, CostGuard guard) {
        this.tree = tree;
        this.graph = graph;
        this.guard = guard;
        branches = tree.terms().stream().map(t -> Branch.of(t, graph)).toList();
    }

    /** The branches of the tree below {@code top}. */
    static Branches of(Sum top, ConvGraph graph, CostGuard guard) {
        Branches branches = new Branches(SumTree.under(top, graph), graph, guard);
        if (branches.mayHaveSiblings()) {
            branches.bundleKernels();
            branches.joinOthers();
        }
        return branches;
    }

    /** Whether two branches have one source: where not, nothing needs to be composed to see that nothing merges. */
    private boolean mayHaveSiblings() {
        return branches.stream().map(b -> b.source().name()).distinct().count() < branches.size();
    }

    /** Sorts the branches that have a kernel into bundles. */
    private void bundleKernels() {
        Map<Kind, List<Member>> kinds = new LinkedHashMap<>();
        Map<String, Integer> bySource = new HashMap<>();
        branches.forEach(b -> bySource.merge(b.source().name(), 1, Integer::sum));
        for (Branch branch : branches) {
            if (branch.hasKernel() && bySource.getOrDefault(branch.source().name(), 0) > 1) {
                Composition.Shaping shaping =
                        Composition.Shaping.of(branch.ops()).orElseThrow();
                member(branch, shaping)
                        .ifPresent(m -> kinds.computeIfAbsent(
                                        new Kind(
                                                branch.source().name(),
                                                shaping,
                                                branch.term().value().type(),
                                                m.kernel().shape().outChannels()),
                                        k -> new ArrayList<>())
                                .add(m));
            }
        }
        kinds.values().forEach(this::bundle);
    }

    /** All in one bundle if that pays, else those with much to compute first: the others hide in them. */
    private void bundle(List<Member> members) {
        members.sort(Comparator.comparing((Member m) -> m.cost().multiplyAdds())
                .thenComparing(m -> m.geometry().taps())
                .reversed());
        Bundle all = begin(members.get(0));
        if (all.take(members.subList(1, members.size())).isEmpty()) {
            bundles.add(all);
            return;
        }
        List<Bundle> found = new ArrayList<>();
        for (Member member : members) {
            if (!join(member, found)) {
                found.add(begin(member));
            }
        }
        bundles.addAll(found);
    }

    private Bundle begin(Member member) {
        KernelNode host = member.branch().ops().stream()
                .filter(KernelNode.class::isInstance)
                .map(KernelNode.class::cast)
                .findFirst()
                .orElseThrow();
        return new Bundle(guard, member, host);
    }

    /** Lets {@code member} join the first bundle that takes it; what the first one says otherwise is kept for reports. */
    private boolean join(Member member, Collection<Bundle> candidates) {
        for (Bundle bundle : candidates) {
            Optional<Refusal> refusal = bundle.take(List.of(member));
            if (refusal.isEmpty()) {
                return true;
            }
            refusals.putIfAbsent(member.branch(), refusal.get());
        }
        return false;
    }

    /** Lets the branches without a kernel (the source itself, scaled, pooled) join the bundles of their source. */
    private void joinOthers() {
        Map<String, List<Bundle>> bySource = new HashMap<>();
        bundles.forEach(
                b -> bySource.computeIfAbsent(b.first().branch().source().name(), n -> new ArrayList<>())
                        .add(b));
        for (Branch branch : branches) {
            if (branch.hasKernel()) {
                continue;
            }
            for (Bundle bundle : bySource.getOrDefault(branch.source().name(), List.of())) {
                if (joined(branch, bundle)) {
                    break;
                }
            }
        }
    }

    private boolean joined(Branch branch, Bundle bundle) {
        int in = bundle.first().kernel().shape().inChannels();
        int out = bundle.first().kernel().shape().outChannels();
        if (in != out) {
            refusals.putIfAbsent(
                    branch,
                    Refusal.because(
                            bundle.first().branch().label() + " has " + in + " input but " + out + " output channels"));
            return false;
        }
        if (branch.term().value().type()
                != bundle.first().branch().term().value().type()) {
            refusals.putIfAbsent(
                    branch,
                    Refusal.because("it has another number format than "
                            + bundle.first().branch().label()));
            return false;
        }
        return member(branch, bundle.shaping())
                .map(m -> join(m, List.of(bundle)))
                .orElse(false);
    }

    private Optional<Member> member(Branch branch, Composition.Shaping shaping) {
        Composition composition = Composition.of(branch.ops(), shaping);
        Optional<Refusal> defect = composition
                .refusal()
                .or(() -> KernelFits.defect(composition.kernel())
                        .map(d -> Refusal.because("in " + branch.label() + " " + d)));
        if (defect.isPresent()) {
            refusals.putIfAbsent(branch, defect.get());
            return Optional.empty();
        }
        return Optional.of(new Member(branch, composition.kernel(), composition.geometry(), Cost.of(branch.ops())));
    }

    SumTree tree() {
        return tree;
    }

    ConvGraph graph() {
        return graph;
    }

    /** All operands, in the order of the tree. */
    List<Branch> all() {
        return branches;
    }

    /** The bundles that can become one convolution each. */
    Stream<Bundle> mergeable() {
        return bundles.stream().filter(Bundle::isMergeable);
    }

    /** Why {@code branch} merges with none of the others of its source; empty if it does or nobody would expect it to. */
    Optional<Refusal> refusal(Branch branch) {
        boolean merges = mergeable().anyMatch(b -> b.members().stream().anyMatch(m -> m.branch() == branch));
        return merges
                ? Optional.empty()
                : Optional.ofNullable(refusals.get(branch))
                        .map(r -> r.behind("its operand " + branch.label() + " stays: "));
    }

    /** What the rule about branches of {@code kind} says where it expands none. */
    Outcome refuse(Branch.Kind kind) {
        return branches.stream()
                .filter(b -> b.kind() == kind)
                .flatMap(b -> refusal(b).stream())
                .findFirst()
                .map(Refusal::asOutcome)
                .orElse(Outcome.notApplicable());
    }
}
