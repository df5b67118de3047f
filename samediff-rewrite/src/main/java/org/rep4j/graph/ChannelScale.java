package org.rep4j.graph;

import java.util.Optional;
import org.rep4j.algebra.ChannelAffine;

/**
 * Multiplication of each channel by a constant.
 *
 * @param info name, op, native handle
 * @param input any shape with the constant's axis
 * @param output of the same shape
 * @param constant the constant
 */
public record ChannelScale(NodeInfo info, Value input, Value output, ChannelConstant constant) implements AffineNode {

    @Override
    public int channelAxis() {
        return constant.axis();
    }

    @Override
    public int channels() {
        return constant.values().length;
    }

    @Override
    public int constantRank() {
        return constant.rank();
    }

    @Override
    public Optional<String> defect() {
        return constant.defect();
    }

    @Override
    public ChannelAffine affine(int channels) {
        return ChannelAffine.scaling(constant.expanded(channels));
    }

    @Override
    public ChannelScale between(Value newInput, Value newOutput) {
        return new ChannelScale(NodeInfo.made(info.name(), info.op()), newInput, newOutput, constant);
    }

    @Override
    public ChannelScale withInput(Value old, Value replacement) {
        return new ChannelScale(info, replacement, output, constant);
    }
}
