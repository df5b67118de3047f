package org.rep4j.rewrite;

import java.util.IdentityHashMap;
import org.rep4j.graph.Node;

/** The nodes that a {@link Pattern} found, by {@link Capture}. */
public final class Match {
    private final IdentityHashMap<Capture<?>, Node> captured = new IdentityHashMap<>();

    Match() {}

    void put(Capture<?> capture, Node node) {
        captured.put(capture, node);
    }

    /**
     * The node under {@code capture}.
     *
     * @throws IllegalArgumentException if the pattern does not use this capture
     */
    public <N extends Node> N get(Capture<N> capture) {
        Node node = captured.get(capture);
        if (node == null) {
            throw new IllegalArgumentException("the pattern has no such capture");
        }
        return capture.cast(node);
    }
}
