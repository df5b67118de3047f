package org.rep4j.graph;

import org.rep4j.algebra.ConvGeometry;

/**
 * Average pooling.
 *
 * @param info name, op, native handle
 * @param input {@code [N, C, …]} or {@code [N, …, C]}
 * @param output pooled
 * @param geometry window, stride, padding
 * @param countIncludesPadding whether zeros of the padding count in the divisor
 * @param layout where the channels are
 */
public record AveragePool(
        NodeInfo info, Value input, Value output, ConvGeometry geometry, boolean countIncludesPadding, Layout layout)
        implements SingleInputNode {

    /** @throws InvalidGraphException if the geometry has negative padding */
    public AveragePool {
        NodePadding.requireNotNegative(info, geometry);
    }

    @Override
    public AveragePool withInput(Value old, Value replacement) {
        return new AveragePool(info, replacement, output, geometry, countIncludesPadding, layout);
    }
}
