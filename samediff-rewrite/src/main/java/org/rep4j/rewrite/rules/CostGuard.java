package org.rep4j.rewrite.rules;

import java.util.Locale;
import java.util.Optional;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.SingleInputNode;

/**
 * Keeps rules from making a net dearer than it was trained: neither the multiply-adds nor the parameters may rise.
 */
enum CostGuard {
    /** Declines what costs more. */
    ON,
    /** Lets everything pass. */
    OFF;

    /**
     * What convolutions cost.
     *
     * @param multiplyAdds per position of the output that they have in common
     * @param weights number of weights; biases are left out, for a fold never has more of them
     */
    record Cost(long multiplyAdds, long weights) {
        static final Cost NONE = new Cost(0, 0);

        /**
         * What a kernel costs as it was trained: one that a rule made of nothing (an identity, an average) costs nothing.
         *
         * @param kernel the kernel
         * @param runs how often it runs for each position of the output in common
         */
        static Cost of(KernelSource kernel, long runs) {
            long weights = Math.min(kernel.shape().weights(), kernel.trainedWeights());
            return new Cost(Math.multiplyExact(weights, runs), weights);
        }

        /** By how much {@code op} thins out the positions. */
        static long stride(SingleInputNode op) {
            ConvGeometry geometry = op instanceof Convolution conv
                    ? conv.geometry()
                    : op instanceof AveragePool pool ? pool.geometry() : ConvGeometry.of();
            return geometry.axes().stream().mapToLong(ConvAxis::stride).reduce(1, Math::multiplyExact);
        }

        Cost plus(Cost other) {
            return new Cost(multiplyAdds + other.multiplyAdds, weights + other.weights);
        }
    }

    /** Why {@code after} must not stand in the place of {@code before}, with both figures; empty if it may. */
    Optional<Refusal> objection(Cost before, Cost after) {
        if (this == OFF || (after.multiplyAdds <= before.multiplyAdds && after.weights <= before.weights)) {
            return Optional.empty();
        }
        String reason = String.format(
                Locale.ROOT,
                "one convolution would need %,d multiply-adds per output position instead of %,d, and %,d weights instead of"
                        + " %,d",
                after.multiplyAdds,
                before.multiplyAdds,
                after.weights,
                before.weights);
        return Optional.of(new Refusal(reason, "--allow-cost (RepPass.allowingCost()) folds it all the same"));
    }
}
