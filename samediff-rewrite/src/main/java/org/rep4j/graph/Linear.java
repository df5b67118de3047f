package org.rep4j.graph;

/**
 * A fully connected layer over the last axis: {@code y = x · Wᵀ + b}.
 *
 * @param info name, op, native handle
 * @param input {@code […, I]}
 * @param output {@code […, O]}
 * @param kernel weights O × I and bias
 */
public record Linear(NodeInfo info, Value input, Value output, KernelSource kernel) implements KernelNode {

    @Override
    public int rank() {
        return output.shape().rank();
    }

    @Override
    public int channelAxis() {
        return -1;
    }

    @Override
    public Linear with(KernelSource newKernel, Value newOutput) {
        return new Linear(NodeInfo.made(info.name(), info.op()), input, newOutput, newKernel);
    }

    @Override
    public Linear withInput(Value old, Value replacement) {
        return new Linear(info, replacement, output, kernel);
    }
}
