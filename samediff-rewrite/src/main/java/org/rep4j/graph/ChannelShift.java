package org.rep4j.graph;

import java.util.Optional;
import org.rep4j.algebra.ChannelAffine;

/**
 * Addition of a constant to each channel.
 *
 * @param info name, op, native handle
 * @param input any shape with the constant's axis
 * @param output of the same shape
 * @param constant the constant
 */
public record ChannelShift(NodeInfo info, Value input, Value output, ChannelConstant constant) implements AffineNode {

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
        return ChannelAffine.shifting(constant.expanded(channels));
    }

    @Override
    public ChannelShift between(Value newInput, Value newOutput) {
        return new ChannelShift(NodeInfo.made(info.name(), info.op()), newInput, newOutput, constant);
    }

    @Override
    public ChannelShift withInput(Value old, Value replacement) {
        return new ChannelShift(info, replacement, output, constant);
    }
}
