package org.rep4j.graph;

/** An op that multiplies with a constant kernel and may add a bias: what absorbs scales, shifts and BatchNorms after it. */
public sealed interface KernelNode extends SingleInputNode permits Convolution, TransposedConvolution, Linear {
    /** Weights and bias. */
    KernelSource kernel();

    /** The axis of the output that holds the channels; negative counts from the end. */
    int channelAxis();

    /** Rank of the output, −1 if unknown. */
    int rank();

    /**
     * The op with another kernel of the same shape, writing another value: what a rule makes of it, without native handle.
     */
    KernelNode with(KernelSource kernel, Value output);
}
