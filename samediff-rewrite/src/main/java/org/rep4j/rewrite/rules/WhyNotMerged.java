package org.rep4j.rewrite.rules;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/** Finds the reason that a reader of the report wants to hear about a sum that stays. */
final class WhyNotMerged {
    private static final int NAMED_OPERANDS = 4;

    private WhyNotMerged() {}

    static String explain(Branches branches, ConvGraph graph) {
        Map<String, Convolution> byInput = new HashMap<>();
        for (Value leaf : branches.tree().leaves()) {
            Node producer = graph.producer(leaf).orElse(null);
            if (!(producer instanceof Convolution conv)) {
                continue;
            }
            Convolution sibling = byInput.putIfAbsent(conv.input().name(), conv);
            if (sibling != null) {
                return between(sibling, conv, branches, graph);
            }
        }
        List<Value> leaves = branches.tree().leaves();
        return "no two of its operands are convolutions of the same input ("
                + leaves.stream()
                        .limit(NAMED_OPERANDS)
                        .map(v -> origin(v, graph))
                        .collect(Collectors.joining(", "))
                + (leaves.size() > NAMED_OPERANDS ? " and " + (leaves.size() - NAMED_OPERANDS) + " more" : "") + ")";
    }

    private static String origin(Value leaf, ConvGraph graph) {
        return graph.producer(leaf).map(Node::label).orElse("the input " + leaf.name());
    }

    private static String between(Convolution a, Convolution b, Branches branches, ConvGraph graph) {
        String both = a.label() + " and " + b.label() + " read the same input, but ";
        for (Convolution conv : List.of(a, b)) {
            if (!branches.isOwn(conv.output())) {
                return both + "the output of " + conv.name() + " "
                        + Uses.outside(branches.tree().sums(), conv.output(), graph)
                                .orElse("is added twice");
            }
        }
        if (a.kernel().shape().groups() != b.kernel().shape().groups()) {
            return both + "have " + a.kernel().shape().groups() + " and "
                    + b.kernel().shape().groups() + " groups";
        }
        if (a.kernel().type() != b.kernel().type()) {
            return both + "have weights of type " + a.kernel().type() + " and "
                    + b.kernel().type();
        }
        if (a.kernel().shape().outChannels() != b.kernel().shape().outChannels() || a.layout() != b.layout()) {
            return both + "their outputs have different channels";
        }
        if (!a.geometry().isResolved() || !b.geometry().isResolved()) {
            return both + "their padding depends on an input size that is not known: give the input a fixed size";
        }
        Optional<ConvGeometry> hull = ConvGeometry.hull(List.of(a.geometry(), b.geometry()));
        if (hull.isEmpty()) {
            return both + "no common kernel gives outputs of the same size (" + a.geometry() + "; " + b.geometry()
                    + ")";
        }
        if (hull.get().taps() <= a.geometry().taps() + b.geometry().taps()) {
            return both + "the weights of one are not finite, or their sum would not fit the number format";
        }
        return both + "one kernel for both would have " + hull.get().taps() + " taps instead of "
                + (a.geometry().taps() + b.geometry().taps()) + " (" + a.geometry() + "; " + b.geometry() + ")";
    }
}
