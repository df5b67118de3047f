package org.rep4j.graph;

import java.util.List;

/**
 * One op of a {@link ConvGraph}. Nodes are immutable; a graph tells them apart by identity, not by content.
 */
public sealed interface Node permits SingleInputNode, Sum, Concat, Opaque {

    /** Name, op and native handle. */
    NodeInfo info();

    /** The values it reads, in the op's order. */
    List<Value> inputs();

    /** The values it writes. */
    List<Value> outputs();

    /** All that it reads: its inputs and, for an op with subgraphs, what those capture. */
    default List<Value> reads() {
        return inputs();
    }

    /**
     * The same op reading {@code replacement} wherever it read {@code old}; it keeps its native handle.
     *
     * @param old one of {@link #inputs()}
     */
    Node withInput(Value old, Value replacement);

    /** The name, unique in its graph. */
    default String name() {
        return info().name();
    }

    /** The node as reports name it: {@code conv_3 (Conv)}. */
    default String label() {
        return info().name() + " (" + info().op() + ")";
    }
}
