package org.rep4j.cli;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/**
 * Finds what goes into the softmaxes and sigmoids at the end of a net. These saturate: where the logits differ by 1, the
 * probabilities may agree to the last digit, so the logits are what is to be compared.
 */
final class FinalActivations {
    private static final Set<String> SATURATING = Set.of(
            "softmax", "logsoftmax", "log_softmax", "sigmoid", "hardsigmoid", "hard_sigmoid", "tanh", "hardtanh");

    private FinalActivations() {}

    /** Names of the values that saturate on their way to an output and that both graphs compute. */
    static Set<String> inputs(ConvGraph before, ConvGraph after) {
        Set<String> logits = new LinkedHashSet<>();
        for (Value output : before.outputs()) {
            before.producer(output).filter(FinalActivations::saturates).ifPresent(activation -> {
                Value logit = activation.inputs().get(0);
                if (before.isProduced(logit.name()) && after.isProduced(logit.name()) && !before.isOutput(logit)) {
                    logits.add(logit.name());
                }
            });
        }
        return logits;
    }

    private static boolean saturates(Node node) {
        return SATURATING.contains(node.info().op().toLowerCase(Locale.ROOT))
                && !node.inputs().isEmpty();
    }
}
