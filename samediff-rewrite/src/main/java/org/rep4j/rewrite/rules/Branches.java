package org.rep4j.rewrite.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.SumTree;

/**
 * The operands of a sum tree, sorted into bundles: convolutions of one input that can become one convolution without raising
 * multiply-adds or parameters.
 */
final class Branches {
    private final SumTree tree;
    private final ConvGraph graph;
    private final List<Bundle> bundles = new ArrayList<>();
    private final Map<String, List<Bundle>> bundlesByInput = new HashMap<>();

    /** What convolutions must agree on before their taps are looked at. */
    private record Kind(
            String input,
            Layout layout,
            ElementType type,
            ElementType outputType,
            int groups,
            int inChannels,
            int outChannels) {

        static Kind of(Convolution conv) {
            return new Kind(
                    conv.input().name(),
                    conv.layout(),
                    conv.kernel().type(),
                    conv.output().type(),
                    conv.kernel().shape().groups(),
                    conv.kernel().shape().inChannels(),
                    conv.kernel().shape().outChannels());
        }
    }

    private Branches(SumTree tree, ConvGraph graph) {
        this.tree = tree;
        this.graph = graph;
    }

    /** The branches of the tree below {@code top}. */
    static Branches of(Sum top, ConvGraph graph) {
        Branches branches = new Branches(SumTree.under(top, graph), graph);
        Map<Kind, List<Convolution>> kinds = new LinkedHashMap<>();
        for (Value leaf : branches.tree.leaves()) {
            branches.convolution(leaf)
                    .filter(c -> branches.unfit(c).isEmpty())
                    .ifPresent(c -> kinds.computeIfAbsent(Kind.of(c), k -> new ArrayList<>())
                            .add(c));
        }
        kinds.values().forEach(branches::bundle);
        return branches;
    }

    /** Sorts convolutions of one kind into bundles, those with many taps first: the others hide in them. */
    private void bundle(List<Convolution> convolutions) {
        convolutions.sort(
                Comparator.comparing((Convolution c) -> c.geometry().taps()).reversed());
        List<Bundle> found = new ArrayList<>();
        for (Convolution conv : convolutions) {
            if (found.stream().noneMatch(b -> b.take(conv))) {
                found.add(new Bundle(conv));
            }
        }
        bundles.addAll(found);
        bundlesByInput
                .computeIfAbsent(convolutions.get(0).input().name(), n -> new ArrayList<>())
                .addAll(found);
    }

    /** The convolution that writes {@code leaf}, if one does. */
    Optional<Convolution> convolution(Value leaf) {
        return graph.producer(leaf).filter(Convolution.class::isInstance).map(Convolution.class::cast);
    }

    /** Why a convolution that writes an operand cannot be folded with any other; empty if it can. */
    Optional<String> unfit(Convolution conv) {
        if (!isOwn(conv.output())) {
            return Optional.of("the output of " + conv.label() + " "
                    + Uses.outside(tree.sums(), conv.output(), graph).orElse("is added twice"));
        }
        return KernelFits.defect(conv.kernel()).map(defect -> "in " + conv.label() + " " + defect);
    }

    /** Whether only this tree reads {@code leaf}, and only once. */
    boolean isOwn(Value leaf) {
        return !graph.isOutput(leaf) && graph.uses(leaf) == 1;
    }

    SumTree tree() {
        return tree;
    }

    ConvGraph graph() {
        return graph;
    }

    List<Bundle> bundles() {
        return bundles;
    }

    /** The bundle that takes in {@code input} itself as one more branch. */
    Optional<Bundle> hostOfIdentity(Value input) {
        return reading(input).stream()
                .filter(b -> b.refusesIdentity().isEmpty())
                .findFirst();
    }

    /** Why the bundles that read {@code input} do not take it in as a branch; empty if none reads it. */
    Optional<String> refusalOfIdentity(Value input) {
        return reading(input).stream()
                .flatMap(b -> b.refusesIdentity().stream())
                .findFirst();
    }

    private List<Bundle> reading(Value input) {
        return bundlesByInput.getOrDefault(input.name(), List.of());
    }
}
