package org.rep4j.rewrite.rules;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/** Finds the reason that a reader of the report wants to hear about a sum that stays. */
final class WhyNotMerged {
    private static final int NAMED_OPERANDS = 4;

    private WhyNotMerged() {}

    static String explain(Branches branches) {
        Map<String, Convolution> byInput = new HashMap<>();
        for (Value leaf : branches.tree().leaves()) {
            Convolution conv = branches.convolution(leaf).orElse(null);
            if (conv == null) {
                continue;
            }
            Convolution sibling = byInput.putIfAbsent(conv.input().name(), conv);
            if (sibling != null && sibling.name().equals(conv.name())) {
                return "the output of " + conv.label() + " is added twice";
            }
            if (sibling != null) {
                return sibling.label() + " and " + conv.label() + " read the same input, but "
                        + difference(sibling, conv, branches);
            }
        }
        return branches.tree().leaves().stream()
                .flatMap(leaf -> besideUnfit(leaf, byInput, branches).stream())
                .findFirst()
                .orElseGet(
                        () -> "no two of its operands are convolutions of the same input (" + origins(branches) + ")");
    }

    /** For an operand that would merge if the convolution of its input could. */
    private static Optional<String> besideUnfit(Value leaf, Map<String, Convolution> byInput, Branches branches) {
        Optional<Node> producer = branches.graph().producer(leaf);
        Value input = producer.isPresent() && producer.get() instanceof AffineNode affine ? affine.input() : leaf;
        return Optional.ofNullable(byInput.get(input.name()))
                .flatMap(branches::unfit)
                .map(reason -> "its operand " + leaf.name() + " stays: " + reason);
    }

    private static String origins(Branches branches) {
        List<Value> leaves = branches.tree().leaves();
        String named = leaves.stream()
                .limit(NAMED_OPERANDS)
                .map(v -> branches.graph().producer(v).map(Node::label).orElse("the input " + v.name()))
                .collect(Collectors.joining(", "));
        return leaves.size() > NAMED_OPERANDS ? named + " and " + (leaves.size() - NAMED_OPERANDS) + " more" : named;
    }

    private static String difference(Convolution a, Convolution b, Branches branches) {
        Optional<String> unfit = branches.unfit(a).or(() -> branches.unfit(b));
        if (unfit.isPresent()) {
            return unfit.get();
        }
        if (a.kernel().shape().groups() != b.kernel().shape().groups()) {
            return "they have " + a.kernel().shape().groups() + " and "
                    + b.kernel().shape().groups() + " groups";
        }
        if (a.kernel().type() != b.kernel().type()) {
            return "their weights have different number formats: " + a.kernel().type() + " and "
                    + b.kernel().type();
        }
        if (a.output().type() != b.output().type()) {
            return "their outputs have different number formats: " + a.output().type() + " and "
                    + b.output().type();
        }
        if (a.layout() != b.layout()) {
            return "one has its channels first, the other last";
        }
        if (a.kernel().shape().outChannels() != b.kernel().shape().outChannels()
                || a.kernel().shape().inChannels() != b.kernel().shape().inChannels()) {
            return "their kernels are " + a.kernel().shape() + " and "
                    + b.kernel().shape();
        }
        String geometries = " (" + a.geometry() + "; " + b.geometry() + ")";
        if (!a.geometry().isResolved() || !b.geometry().isResolved()) {
            return "where their taps lie depends on an input size that is not known: give the input a fixed size"
                    + geometries;
        }
        Optional<ConvGeometry> hull = ConvGeometry.hull(List.of(a.geometry(), b.geometry()), Bundle.inputSizes(a));
        if (hull.isEmpty()) {
            return "no common kernel gives outputs of the same size" + geometries;
        }
        long taps = a.geometry().taps() + b.geometry().taps();
        if (hull.get().taps() > taps) {
            return "one kernel for both would have " + hull.get().taps() + " taps instead of " + taps + geometries;
        }
        return a.geometry().equals(b.geometry())
                ? "the sum of their weights may exceed what " + a.kernel().type() + " holds"
                : "their taps differ" + geometries;
    }
}
