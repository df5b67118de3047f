package org.rep4j.graph;

import java.util.List;

/** An op of one computed input and one output. */
public sealed interface SingleInputNode extends Node permits KernelNode, AffineNode, Pad, AveragePool, Identity {
    /** The value it reads. */
    Value input();

    /** The value it writes. */
    Value output();

    @Override
    default List<Value> inputs() {
        return List.of(input());
    }

    @Override
    default List<Value> outputs() {
        return List.of(output());
    }
}
