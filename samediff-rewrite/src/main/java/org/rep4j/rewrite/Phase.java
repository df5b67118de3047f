package org.rep4j.rewrite;

/**
 * The order in which rules get their turn. Each phase runs until none of its rules has anything left to do, then the next one;
 * what a phase changes is offered to all phases again, in the next round.
 */
public enum Phase {
    /** Brings idioms into the form that the other rules look for. */
    NORMALIZE,
    /** Folds scales, biases and BatchNorms into the kernels before them. */
    ABSORB,
    /** Writes branches as convolutions of their siblings' size, where that completes a merge. */
    EXPAND,
    /** Makes one convolution of several. */
    MERGE,
    /** Removes what is left over. */
    CLEAN
}
