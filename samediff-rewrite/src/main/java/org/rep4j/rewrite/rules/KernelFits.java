package org.rep4j.rewrite.rules;

import java.util.Locale;
import java.util.Optional;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.KernelSource;

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
                : defect(folded.read().bounds(), type); // the cheap bounds may be far above what the kernel has
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
