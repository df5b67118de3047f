package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.KernelSource;
import org.rep4j.rewrite.Outcome;

/** Whether the numbers of a folded kernel fit the graph's number format. */
final class KernelFits {
    private KernelFits() {}

    /** Why {@code folded} cannot stand in the graph; empty if it can. */
    static Optional<String> defect(KernelSource folded) {
        ElementType type = folded.type();
        if (!type.isFloatingPoint()) {
            return Optional.of("the weights are not floating-point numbers");
        }
        return defect(folded.bounds(), type).isEmpty()
                ? Optional.empty()
                : defect(folded.open().bounds(), type); // the cheap bounds may be far above what the kernel has
    }

    /** The decline of a fold that would make {@code folded} the kernel of {@code op}; empty if it can be that. */
    static Optional<Outcome> decline(KernelNode op, KernelSource folded) {
        return defect(folded).map(defect -> {
            String reason = "folded into " + op.label() + ", " + defect;
            boolean overflows = Arrays.stream(folded.bounds()).allMatch(Double::isFinite);
            return overflows && folded.type() == ElementType.FLOAT16
                    ? declined(reason, "convert the model to FLOAT32")
                    : declined(reason);
        });
    }

    private static Optional<String> defect(double[] bounds, ElementType type) {
        for (int c = 0; c < bounds.length; c++) {
            if (Double.isNaN(bounds[c]) || Double.isInfinite(bounds[c])) {
                return Optional.of("the weights of output channel " + c + " are not finite");
            }
            if (bounds[c] > type.largest()) {
                return Optional.of(String.format(
                        Locale.ROOT,
                        "the folded weights of output channel %d reach %.3g, more than %s holds",
                        c,
                        bounds[c],
                        type));
            }
        }
        return Optional.empty();
    }
}
