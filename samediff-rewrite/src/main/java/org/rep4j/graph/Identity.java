package org.rep4j.graph;

/**
 * An op that changes nothing in inference: Identity, Dropout.
 *
 * @param info name, op, native handle
 * @param input any shape
 * @param output the same
 */
public record Identity(NodeInfo info, Value input, Value output) implements SingleInputNode {

    @Override
    public Identity withInput(Value old, Value replacement) {
        return new Identity(info, replacement, output);
    }
}
