package org.rep4j.layers.deploy;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * What a vertex puts out, in the graph that is written.
 *
 * @param variable in the graph
 * @param rank how many axes it has, which SameDiff does not know before it runs
 */
record Signal(SDVariable variable, int rank) {
    private static final int UNKNOWN = 0;

    /** What stands for the output of a vertex that cannot be written, only to find what else cannot. */
    static Signal ofUnknownRank(SDVariable variable) {
        return new Signal(variable, UNKNOWN);
    }

    boolean isKnown() {
        return rank != UNKNOWN;
    }

    /** Throws if it is known to have none of these numbers of axes. */
    void require(Integer... ranks) {
        if (isKnown() && !List.of(ranks).contains(rank)) {
            String allowed = Stream.of(ranks).map(String::valueOf).collect(Collectors.joining(" or "));
            throw new InexpressibleException("its input has " + rank + " axes, not " + allowed);
        }
    }

    /** Another value of as many axes. */
    Signal like(SDVariable other) {
        return new Signal(other, rank);
    }
}
