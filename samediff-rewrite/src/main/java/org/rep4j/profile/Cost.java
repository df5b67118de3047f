package org.rep4j.profile;

import org.jspecify.annotations.Nullable;

/**
 * What ops cost.
 *
 * @param count number of ops
 * @param parameters learned numbers: weights, biases, BatchNorm's γ and β; not its running mean and variance
 * @param multiplyAdds of convolutions, transposed convolutions and linear layers; null if a shape is not known
 * @param memoryAccess elements read and written; null if a shape is not known
 */
public record Cost(
        int count,
        long parameters,
        @Nullable Long multiplyAdds,
        @Nullable Long memoryAccess) {

    /** Nothing at all. */
    static final Cost NONE = new Cost(0, 0, 0L, 0L);

    /** Both together. */
    Cost plus(Cost other) {
        return new Cost(
                count + other.count,
                parameters + other.parameters,
                sum(multiplyAdds, other.multiplyAdds),
                sum(memoryAccess, other.memoryAccess));
    }

    private static @Nullable Long sum(@Nullable Long a, @Nullable Long b) {
        return a == null || b == null ? null : (Long) Math.addExact(a, b);
    }
}
