package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;
import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Pad;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Replacement;

/**
 * What absorbing a BatchNorm, a scale and a bias forwards have in common: the affine op goes into all kernels that read it, or
 * stays.
 */
final class NextAbsorption {
    private NextAbsorption() {}

    /** Absorbs {@code affine} into whatever reads its output, unless what writes its input takes it in. */
    static Outcome absorb(AffineNode affine, ConvGraph graph) {
        Value output = affine.output();
        if (graph.consumers(output).stream().noneMatch(n -> leadsIntoKernel(n, graph))
                || AffineAbsorption.takesIn(affine, graph)) {
            return notApplicable();
        }
        return obstacle(affine, output, graph).orElseGet(() -> fold(affine, graph));
    }

    private static boolean leadsIntoKernel(Node reader, ConvGraph graph) {
        return reader instanceof KernelNode
                || (reader instanceof Pad pad
                        && graph.consumers(pad.output()).stream().anyMatch(KernelNode.class::isInstance));
    }

    /** Why the readers of {@code value} cannot take {@code affine} in if it writes that value; empty if they can. */
    static Optional<Outcome> obstacle(AffineNode affine, Value value, ConvGraph graph) {
        if (graph.isOutput(value)) {
            return Optional.of(declined(
                    "its output is an output of the graph", "take " + value.name() + " off the graph's outputs"));
        }
        Optional<String> defect = affine.defect()
                .or(() -> AffineFit.typeChange(
                        affine.input().type(), affine.output().type()))
                .or(() -> AffineFit.stretch(affine));
        if (defect.isPresent()) {
            return defect.map(Outcome::declined);
        }
        boolean shifts = Arrays.stream(affine.affine(affine.channels()).shift()).anyMatch(t -> t != 0);
        for (Node reader : graph.consumers(value)) {
            Optional<Outcome> obstacle = obstacle(affine, shifts, reader);
            if (obstacle.isPresent()) {
                return obstacle;
            }
        }
        return Optional.empty();
    }

    private static Optional<Outcome> obstacle(AffineNode affine, boolean shifts, Node reader) {
        if (reader instanceof Pad pad && !AffinePadding.commutes(pad, affine)) {
            return Optional.of(
                    declined(pad.label() + " pads with " + pad.fill() + " after this " + kind(affine), remedy(affine)));
        }
        if (!(reader instanceof KernelNode op)) {
            return Optional.of(declined("its output is also used by " + reader.label()));
        }
        Optional<String> misfit = AffineFit.before(op, affine);
        if (misfit.isPresent()) {
            return misfit.map(Outcome::declined);
        }
        return shifts ? whereAShiftIsNoBias(affine, op) : Optional.empty();
    }

    private static Optional<Outcome> whereAShiftIsNoBias(AffineNode affine, KernelNode op) {
        if (op instanceof TransposedConvolution) {
            return Optional.of(declined(
                    op.label() + " adds up different taps from place to place, so what this " + kind(affine)
                            + " adds is no bias behind it",
                    "put it after the transposed conv"));
        }
        if (!(op instanceof Convolution conv) || !pads(conv.geometry())) {
            return Optional.empty();
        }
        String size = conv.geometry().kernel().stream().map(String::valueOf).collect(Collectors.joining("x"));
        return Optional.of(declined(
                "the " + size + " conv " + op.label()
                        + (conv.geometry().isResolved()
                                ? " pads"
                                : " may pad (" + conv.geometry().autoPad() + ")")
                        + " with zeros after this " + kind(affine),
                remedy(affine)));
    }

    /** Whether some tap may read padding. */
    private static boolean pads(ConvGeometry geometry) {
        return geometry.isResolved()
                ? geometry.axes().stream().anyMatch(a -> a.padBegin() != 0 || a.padEnd() != 0)
                : !geometry.isPointwise();
    }

    private static String kind(AffineNode affine) {
        return affine instanceof BatchNormalization ? "BatchNorm" : "addition";
    }

    private static String remedy(AffineNode affine) {
        return affine instanceof BatchNormalization
                ? "pad with the BatchNorm's shift or put it after the conv"
                : "pad with the constant that is added or add it after the conv";
    }

    private static Outcome fold(AffineNode affine, ConvGraph graph) {
        List<Node> removed = new ArrayList<>();
        List<Node> added = new ArrayList<>();
        for (Node reader : graph.consumers(affine.output())) {
            KernelNode op = (KernelNode) reader;
            int channels = op.kernel().shape().inChannels();
            FoldedKernel folded = FoldedKernel.absorbBefore(affine.affine(channels), op.kernel());
            Optional<Outcome> misfit = KernelFits.decline(op, folded);
            if (misfit.isPresent()) {
                return misfit.get();
            }
            removed.add(op);
            added.add(op.with(folded, op.output()).withInput(affine.output(), affine.input()));
        }
        Map<String, String> hosts = Map.of(affine.name(), removed.get(0).name());
        removed.add(affine);
        return rewritten(new Replacement(removed, added, hosts));
    }
}
