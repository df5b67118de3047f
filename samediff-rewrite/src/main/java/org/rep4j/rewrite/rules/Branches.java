package org.rep4j.rewrite.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
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

    /** Convolutions that fit into one. */
    static final class Bundle {
        private final List<Convolution> convolutions = new ArrayList<>();
        private final double[] bounds;
        private ConvGeometry hull;

        private Bundle(Convolution first) {
            convolutions.add(first);
            hull = first.geometry();
            bounds = first.kernel().bounds().clone();
        }

        /** One or more, the one with the most taps first. */
        List<Convolution> convolutions() {
            return convolutions;
        }

        Convolution first() {
            return convolutions.get(0);
        }

        /** The taps of all of them. */
        ConvGeometry hull() {
            return hull;
        }

        /** Takes {@code conv} in, if one kernel for all costs no more taps than two and its numbers fit the format. */
        private boolean take(Convolution conv) {
            Optional<ConvGeometry> larger = ConvGeometry.hull(List.of(hull, conv.geometry()))
                    .filter(h -> h.taps() <= hull.taps() + conv.geometry().taps())
                    .filter(h -> holds(conv.kernel().bounds()));
            larger.ifPresent(h -> {
                hull = h;
                convolutions.add(conv);
                for (int c = 0; c < bounds.length; c++) {
                    bounds[c] += conv.kernel().bounds()[c];
                }
            });
            return larger.isPresent();
        }

        /** Whether the number format holds the sum of this bundle's kernels and one of these bounds. */
        boolean holds(double[] more) {
            for (int c = 0; c < bounds.length; c++) {
                if (!(bounds[c] + more[c] <= first().kernel().type().largest())) {
                    return false;
                }
            }
            return true;
        }

        /** Why the input itself, or a scaled copy of it, cannot be one more branch; empty if it can. */
        Optional<String> refusesIdentity() {
            Convolution conv = first();
            if (conv.kernel().shape().inChannels() != conv.kernel().shape().outChannels()) {
                return Optional.of(
                        conv.label() + " has " + conv.kernel().shape().inChannels() + " input but "
                                + conv.kernel().shape().outChannels() + " output channels");
            }
            if (!hull.keepsSize()) {
                return Optional.of(
                        conv.label() + " changes the size of its input (" + hull + "), an identity does not");
            }
            ConvGeometry point = ConvGeometry.pointwise(hull.rank());
            return ConvGeometry.hull(List.of(hull, point)).filter(hull::equals).isPresent()
                    ? Optional.empty()
                    : Optional.of(conv.label() + " (" + hull + ") has no tap at the position itself");
        }
    }

    /** What convolutions must agree on before their taps are looked at. */
    private record Kind(
            String input,
            Layout layout,
            ElementType type,
            int groups,
            int outChannels,
            List<Integer> strides,
            Object sizeKey) {

        static Kind of(Convolution conv) {
            ConvGeometry geometry = conv.geometry();
            return new Kind(
                    conv.input().name(),
                    conv.layout(),
                    conv.kernel().type(),
                    conv.kernel().shape().groups(),
                    conv.kernel().shape().outChannels(),
                    geometry.axes().stream().map(ConvAxis::stride).toList(),
                    geometry.isResolved()
                            ? geometry.axes().stream().map(ConvAxis::slack).toList()
                            : geometry);
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
            branches.ownConvolution(leaf)
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
    }

    /** The convolution that writes {@code leaf}, if nobody but this tree reads it. */
    Optional<Convolution> ownConvolution(Value leaf) {
        return graph.producer(leaf)
                .filter(Convolution.class::isInstance)
                .map(Convolution.class::cast)
                .filter(c -> isOwn(leaf));
    }

    /** Whether only this tree reads {@code leaf}, and only once. */
    boolean isOwn(Value leaf) {
        return !graph.isOutput(leaf)
                && graph.consumers(leaf).size() == 1
                && graph.consumers(leaf).iterator().next() instanceof Sum reader
                && reader.inputs().stream().filter(leaf::equals).count() == 1;
    }

    SumTree tree() {
        return tree;
    }

    List<Bundle> bundles() {
        return bundles;
    }

    /** The bundle that takes in {@code input} itself as one more branch. */
    Optional<Bundle> hostOfIdentity(Value input) {
        return bundles.stream()
                .filter(b -> b.first().input().equals(input))
                .filter(b -> b.refusesIdentity().isEmpty())
                .findFirst();
    }

    /** Why the bundles that read {@code input} do not take it in as a branch; empty if none reads it. */
    Optional<String> refusalOfIdentity(Value input) {
        return bundles.stream()
                .filter(b -> b.first().input().equals(input))
                .flatMap(b -> b.refusesIdentity().stream())
                .findFirst();
    }
}
