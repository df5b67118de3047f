package org.rep4j.cli;

import java.util.LinkedHashSet;
import java.util.Locale;
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
 * @param logits names of what these ops read, where both models compute it
 */
record FinalActivations(Set<String> outputs, Set<String> logits) {
    private static final Set<String> SATURATING = Set.of("softmax", "sigmoid", "hardsigmoid", "tanh");

    /** Those at the end of {@code reference}; logits count where {@code candidate} has the same op there. */
    static FinalActivations of(ConvGraph reference, ConvGraph candidate) {
        Set<String> outputs = new LinkedHashSet<>();
        Set<String> logits = new LinkedHashSet<>();
        for (Value output : reference.outputs()) {
            Optional<Node> activation = reference.producer(output).filter(FinalActivations::saturates);
            if (activation.isEmpty()) {
                continue;
            }
            outputs.add(output.name());
            Value logit = activation.get().inputs().get(0);
            boolean inBoth = candidate
                    .producer(output)
                    .filter(other ->
                            other.info().op().equals(activation.get().info().op()))
                    .map(other -> other.inputs().get(0).name().equals(logit.name()))
                    .orElse(false);
            if (inBoth && reference.isProduced(logit.name()) && candidate.isProduced(logit.name())) {
                logits.add(logit.name());
            }
        }
        return new FinalActivations(outputs, logits);
    }

    private static boolean saturates(Node node) {
        String op = node.info().op().toLowerCase(Locale.ROOT).replace("_", "");
        return SATURATING.contains(op) && !node.inputs().isEmpty();
    }
}
