package org.rep4j.convert.ops;

import java.util.function.BiFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Writes what SameDiff has no groups for: split the channels, an op for each group, concat. */
final class Groups {
    private Groups() {}

    /**
     * Writes the ops.
     *
     * @param x image {@code [batch, channels, …]}
     * @param op what is made of the channels of a group, and its number
     */
    static SDVariable write(SameDiff graph, SDVariable x, int groups, BiFunction<SDVariable, Integer, SDVariable> op) {
        if (groups == 1) {
            return op.apply(x, 0);
        }
        SDVariable[] parts = graph.split(x, groups, 1);
        SDVariable[] results = new SDVariable[groups];
        for (int i = 0; i < groups; i++) {
            results[i] = op.apply(parts[i], i);
        }
        return graph.concat(1, results);
    }
}
