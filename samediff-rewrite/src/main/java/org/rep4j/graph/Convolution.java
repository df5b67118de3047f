package org.rep4j.graph;

import org.rep4j.algebra.ConvGeometry;

/**
 * A convolution over 1, 2 or 3 spatial axes, grouped or not: {@code y = W ∗ x + b}.
 *
 * @param info name, op, native handle
 * @param input {@code [N, I, …]} or {@code [N, …, I]}, as {@code layout} says
 * @param output {@code [N, O, …]} or {@code [N, …, O]}
 * @param kernel weights and bias
 * @param geometry where the taps lie
 * @param layout where the channels are
 */
public record Convolution(
        NodeInfo info, Value input, Value output, KernelSource kernel, ConvGeometry geometry, Layout layout)
        implements KernelNode {

    /** @throws InvalidGraphException if the geometry has negative padding */
    public Convolution {
        NodePadding.requireNotNegative(info, geometry);
    }

    @Override
    public int rank() {
        return geometry.rank() + 2;
    }

    @Override
    public int channelAxis() {
        return layout.channelAxis();
    }

    @Override
    public Convolution with(KernelSource newKernel, Value newOutput) {
        return new Convolution(NodeInfo.made(info.name(), info.op()), input, newOutput, newKernel, geometry, layout);
    }

    /** The same convolution, reading another value with another geometry: for rules that move padding. */
    public Convolution reading(Value newInput, ConvGeometry newGeometry) {
        return new Convolution(NodeInfo.made(info.name(), info.op()), newInput, output, kernel, newGeometry, layout);
    }

    @Override
    public Convolution withInput(Value old, Value replacement) {
        return new Convolution(info, replacement, output, kernel, geometry, layout);
    }
}
