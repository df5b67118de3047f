package org.rep4j.cli;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/**
 * The softmaxes and sigmoids at the end of a net. They saturate: where logits differ by 1, probabilities may agree to the
 * last digit, and tiny ones are mostly rounding. So the logits are compared, relative to their size, and the probabilities
 * relative to 1.
 *
 * @param outputs names of the model's outputs that such an op writes
 * @param logits what these ops read, where both models compute it: its name in the reference, and that in the candidate
 */
record FinalActivations(Set<String> outputs, Map<String, String> logits) {
    private static final Set<String> SATURATING = Set.of("softmax", "sigmoid", "hardsigmoid", "tanh");

    /** Those at the end of {@code reference}; logits count where {@code candidate} has the same op there. */
    static FinalActivations of(ConvGraph reference, ConvGraph candidate) {
        Set<String> outputs = new LinkedHashSet<>();
        Map<String, String> logits = new LinkedHashMap<>();
        for (Value output : reference.outputs()) {
            Optional<Node> activation = reference.producer(output).filter(FinalActivations::saturates);
            if (activation.isEmpty()) {
                continue;
            }
            outputs.add(output.name());
            Value logit = activation.get().inputs().get(0);
            candidate
                    .producer(output)
                    .filter(other -> kind(other).equals(kind(activation.get())))
                    .map(other -> other.inputs().get(0))
                    .filter(other -> reference.isProduced(logit.name()) && candidate.isProduced(other.name()))
                    .ifPresent(other -> logits.put(logit.name(), other.name()));
        }
        return new FinalActivations(outputs, logits);
    }

    private static boolean saturates(Node node) {
        return SATURATING.contains(kind(node)) && !node.inputs().isEmpty();
    }

    /** What the op is called, in the spelling that both formats can agree on. */
    private static String kind(Node node) {
        return node.info().op().toLowerCase(Locale.ROOT).replace("_", "");
    }
}
