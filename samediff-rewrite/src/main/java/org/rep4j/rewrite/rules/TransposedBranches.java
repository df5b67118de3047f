package org.rep4j.rewrite.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.algebra.KernelShape;
import org.rep4j.algebra.TransposedGeometry;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.SumTree;
import org.rep4j.rewrite.rules.TransposedBundle.Member;

/** The transposed convolutions among the operands of a sum tree, sorted into those that can become one. */
final class TransposedBranches {
    private final SumTree tree;
    private final ConvGraph graph;

    /** What they must agree on before their taps are looked at. */
    private record Kind(Value input, Layout layout, ElementType type, ElementType outputType, KernelShape channels) {
        static Kind of(TransposedConvolution conv) {
            return new Kind(
                    conv.input(),
                    conv.layout(),
                    conv.kernel().type(),
                    conv.output().type(),
                    conv.kernel().shape().withSpatial(List.of()));
        }
    }

    TransposedBranches(SumTree tree, ConvGraph graph) {
        this.tree = tree;
        this.graph = graph;
    }

    /** Two or more that can become one, those with many taps first: the others hide in them. */
    List<TransposedBundle> merges(boolean atAnyCost) {
        Map<Kind, List<Member>> kinds = new LinkedHashMap<>();
        for (Term term : tree.terms()) {
            transposed(term)
                    .filter(c -> unfit(c).isEmpty())
                    .ifPresent(c -> kinds.computeIfAbsent(Kind.of(c), k -> new ArrayList<>())
                            .add(new Member(c, term.negated())));
        }
        List<TransposedBundle> merges = new ArrayList<>();
        for (List<Member> members : kinds.values()) {
            members.sort(Comparator.comparing((Member m) -> m.conv().geometry().taps())
                    .reversed());
            List<TransposedBundle> found = new ArrayList<>();
            for (Member member : members) {
                if (found.stream().noneMatch(b -> b.take(member, atAnyCost))) {
                    found.add(new TransposedBundle(member));
                }
            }
            found.stream().filter(b -> b.members().size() > 1).forEach(merges::add);
        }
        return merges;
    }

    private Optional<TransposedConvolution> transposed(Term term) {
        return graph.producer(term.value())
                .filter(TransposedConvolution.class::isInstance)
                .map(TransposedConvolution.class::cast);
    }

    private Optional<String> unfit(TransposedConvolution conv) {
        Optional<String> otherUse = Uses.outside(tree.sums(), conv.output(), graph);
        if (otherUse.isPresent() || graph.uses(conv.output()) > 1) {
            return Optional.of("the output of " + conv.label() + " " + otherUse.orElse("is added twice"));
        }
        return KernelFits.defect(conv.kernel()).map(defect -> "in " + conv.label() + " " + defect);
    }

    /** Why no two of them become one, if two read the same input. */
    Optional<String> whyNot() {
        Map<Value, TransposedConvolution> seen = new HashMap<>();
        for (Term term : tree.terms()) {
            TransposedConvolution conv = transposed(term).orElse(null);
            TransposedConvolution other = conv == null ? null : seen.putIfAbsent(conv.input(), conv);
            if (conv != null && other != null) {
                return Optional.of(other.label() + " and " + conv.label() + " read the same input, but "
                        + difference(other, conv));
            }
        }
        return Optional.empty();
    }

    private String difference(TransposedConvolution a, TransposedConvolution b) {
        Optional<String> unfit = unfit(a).or(() -> unfit(b));
        if (unfit.isPresent()) {
            return unfit.get();
        }
        if (!Kind.of(a).equals(Kind.of(b))) {
            return "their kernels are " + a.kernel().shape() + " of "
                    + a.kernel().type() + " and " + b.kernel().shape() + " of "
                    + b.kernel().type();
        }
        String both = " (" + a.geometry() + "; " + b.geometry() + ")";
        return TransposedGeometry.hull(List.of(new Member(a, false).geometry(), new Member(b, false).geometry()))
                .map(hull -> "one kernel for both would have "
                        + hull.geometry().taps() + " taps instead of "
                        + (a.geometry().taps() + b.geometry().taps()) + both)
                .orElse("no common kernel gives outputs of the same size" + both);
    }
}
