package org.rep4j.rewrite.rules;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rep4j.graph.KernelNode;
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

        /** What a chain of ops costs as it was trained, in the order of execution: ops before a stride are run more often. */
        static Cost of(List<SingleInputNode> ops) {
            Cost cost = NONE;
            Positions positions = new Positions();
            for (int i = ops.size() - 1; i >= 0; i--) {
                if (ops.get(i) instanceof KernelNode op) {
                    cost = cost.plus(of(op.kernel(), positions.perOutput()));
                }
                positions.prepend(ops.get(i));
            }
            return cost;
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
