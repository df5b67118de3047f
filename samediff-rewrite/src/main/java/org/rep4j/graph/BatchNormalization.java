package org.rep4j.graph;

import java.util.Optional;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ChannelAffine;

/**
 * BatchNorm in inference mode. Training-mode BatchNorm is {@link Opaque}.
 *
 * @param info name, op, native handle
 * @param input any shape with {@code channelAxis}
 * @param output of the same shape
 * @param statistics γ, β, μ, σ², ε
 * @param channelAxis the normalized axis; negative counts from the end
 */
public record BatchNormalization(
        NodeInfo info, Value input, Value output, BatchNormStatistics statistics, int channelAxis)
        implements AffineNode {

    @Override
    public int channels() {
        return statistics.channels();
    }

    @Override
    public int constantRank() {
        return 0;
    }

    @Override
    public Optional<String> defect() {
        return statistics.defect();
    }

    @Override
    public ChannelAffine affine(int channels) {
        if (channels != channels()) {
            throw new IllegalArgumentException(name() + " has " + channels() + " channels, not " + channels);
        }
        return statistics.affine();
    }

    @Override
    public BatchNormalization between(Value newInput, Value newOutput) {
        return new BatchNormalization(
                NodeInfo.made(info.name(), info.op()), newInput, newOutput, statistics, channelAxis);
    }

    @Override
    public BatchNormalization withInput(Value old, Value replacement) {
        return new BatchNormalization(info, replacement, output, statistics, channelAxis);
    }
}
