package org.rep4j.graph;

import java.util.Optional;
import org.rep4j.algebra.ChannelAffine;

/** An op that scales and shifts each channel by constants: BatchNorm in inference mode, a scale, a bias. */
public sealed interface AffineNode extends SingleInputNode permits BatchNormalization, ChannelScale, ChannelShift {
    /** The axis that holds the channels; negative counts from the end. */
    int channelAxis();

    /** Number of channels it has constants for; 1 if one constant serves all. */
    int channels();

    /** Rank that the constants force on the output; 0 where they broadcast to any. */
    int constantRank();

    /** Why its constants cannot be folded, in words; empty if they can. */
    Optional<String> defect();

    /**
     * The scale and shift.
     *
     * @param channels number of channels of the input; where {@link #channels()} is 1, the constant is repeated
     * @throws IllegalArgumentException if this op is for another number of channels
     */
    ChannelAffine affine(int channels);

    /** The same op without native handle, reading and writing other values of the same shape. */
    AffineNode between(Value newInput, Value newOutput);
}
