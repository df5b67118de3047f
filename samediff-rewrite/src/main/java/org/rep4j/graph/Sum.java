package org.rep4j.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The sum of two or more computed values (a constant summand makes a {@link ChannelShift}). Operands may broadcast.
 *
 * @param info name, op, native handle
 * @param inputs the operands; one value may occur more than once
 * @param output the sum
 */
public record Sum(NodeInfo info, List<Value> inputs, Value output) implements Node {

    /** Copies the list. */
    public Sum {
        inputs = List.copyOf(inputs);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public Sum withInput(Value old, Value replacement) {
        List<Value> replaced = new ArrayList<>(inputs);
        Collections.replaceAll(replaced, old, replacement);
        return new Sum(info, replaced, output);
    }
}
