package org.rep4j.graph;

import org.rep4j.algebra.ConvKernel;
import org.rep4j.algebra.KernelRows;
import org.rep4j.algebra.KernelShape;

/**
 * Where a {@link KernelNode} gets its kernel from: a tensor of the graph ({@link StoredKernel}), or a fold of others that is
 * computed, in double precision, each time it is asked for ({@link FoldedKernel}). A pass over a large net thus never holds
 * more than the kernel it works on.
 */
public sealed interface KernelSource permits StoredKernel, FoldedKernel {
    /** Sizes in canonical order. */
    KernelShape shape();

    /** Number format of the graph that the kernel is for. */
    ElementType type();

    /** Whether there is a bias; {@link #read()} gives zeros where there is none. */
    boolean hasBias();

    /**
     * An upper bound, per output channel, of the absolute values of weights and bias; NaN where one of them is NaN. Not a
     * copy.
     */
    double[] bounds();

    /**
     * The kernel in double precision, row by row.
     *
     * @throws InvalidGraphException if its storage cannot be read
     */
    KernelRows open();

    /**
     * The whole kernel in double precision.
     *
     * @throws InvalidGraphException if its storage cannot be read
     */
    default ConvKernel read() {
        return open().read();
    }

    /** Number of stored weights that this kernel is made of, without biases; 0 for an identity or an average. */
    long trainedWeights();

    /** Number of weights and biases. */
    default long parameters() {
        return shape().weights() + (hasBias() ? shape().outChannels() : 0);
    }
}
