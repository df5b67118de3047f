package org.rep4j.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Concatenation along one axis.
 *
 * @param info name, op, native handle
 * @param inputs the parts, in order
 * @param output the whole
 * @param axis negative counts from the end
 */
public record Concat(NodeInfo info, List<Value> inputs, Value output, int axis) implements Node {

    /** Copies the list. */
    public Concat {
        inputs = List.copyOf(inputs);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public Concat withInput(Value old, Value replacement) {
        List<Value> replaced = new ArrayList<>(inputs);
        Collections.replaceAll(replaced, old, replacement);
        return new Concat(info, replaced, output, axis);
    }
}
