package org.rep4j.graph;

import java.util.List;
import org.rep4j.algebra.ConvGeometry;

/**
 * A transposed convolution (deconvolution): each input element adds the kernel, scaled, to the output.
 *
 * @param info name, op, native handle
 * @param input {@code [N, I, …]} or {@code [N, …, I]}
 * @param output {@code [N, O, …]} or {@code [N, …, O]}
 * @param kernel weights (O counts output channels) and bias
 * @param geometry stride, dilation and the padding that is cut off the output
 * @param outputPadding extra elements at the end of each spatial axis of the output
 * @param layout where the channels are
 */
public record TransposedConvolution(
        NodeInfo info,
        Value input,
        Value output,
        KernelSource kernel,
        ConvGeometry geometry,
        List<Integer> outputPadding,
        Layout layout)
        implements KernelNode {

    /** @throws InvalidGraphException if the geometry has negative padding */
    public TransposedConvolution {
        NodePadding.requireNotNegative(info, geometry);
        outputPadding = List.copyOf(outputPadding);
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
    public TransposedConvolution with(KernelSource newKernel, Value newOutput) {
        return new TransposedConvolution(
                NodeInfo.made(info.name(), info.op()), input, newOutput, newKernel, geometry, outputPadding, layout);
    }

    @Override
    public TransposedConvolution withInput(Value old, Value replacement) {
        return new TransposedConvolution(info, replacement, output, kernel, geometry, outputPadding, layout);
    }
}
