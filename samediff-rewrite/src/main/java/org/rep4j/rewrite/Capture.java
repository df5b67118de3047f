package org.rep4j.rewrite;

import org.rep4j.graph.Node;

/**
 * A typed name for a node that a {@link Pattern} finds. Compared by identity.
 *
 * @param <N> the node's type
 */
public final class Capture<N extends Node> {
    private final Class<N> type;

    private Capture(Class<N> type) {
        this.type = type;
    }

    /** A new capture for nodes of {@code type}. */
    public static <N extends Node> Capture<N> of(Class<N> type) {
        return new Capture<>(type);
    }

    N cast(Node node) {
        return type.cast(node);
    }
}
