package org.rep4j.graph;

import java.util.List;

/**
 * Padding with a constant, or with one per channel; a negative amount cuts off instead.
 *
 * @param info name, op, native handle
 * @param input any shape
 * @param output the padded tensor
 * @param begin elements before the first on each axis; negative ones are cut off
 * @param end elements after the last on each axis; negative ones are cut off
 * @param fill what is filled in; constants per channel lie along an axis that is not padded
 */
public record Pad(
        NodeInfo info, Value input, Value output, List<Integer> begin, List<Integer> end, ChannelConstant fill)
        implements SingleInputNode {

    /** @throws IllegalArgumentException if the lists differ in length */
    public Pad {
        begin = List.copyOf(begin);
        end = List.copyOf(end);
        if (begin.size() != end.size()) {
            throw new IllegalArgumentException(begin.size() + " paddings before but " + end.size() + " behind");
        }
    }

    @Override
    public Pad withInput(Value old, Value replacement) {
        return new Pad(info, replacement, output, begin, end, fill);
    }
}
