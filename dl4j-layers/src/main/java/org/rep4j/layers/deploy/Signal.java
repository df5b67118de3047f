package org.rep4j.layers.deploy;

import org.nd4j.autodiff.samediff.SDVariable;

/**
 * What a vertex puts out, in the graph that is written.
 *
 * @param variable in the graph
 * @param rank how many axes it has, which SameDiff does not know before it runs
 */
record Signal(SDVariable variable, int rank) {
    /** Another value of as many axes. */
    Signal like(SDVariable other) {
        return new Signal(other, rank);
    }
}
