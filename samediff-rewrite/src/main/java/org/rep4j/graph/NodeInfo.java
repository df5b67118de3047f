package org.rep4j.graph;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every node has: its name, what its own format calls the op, and which native op it stands for.
 *
 * @param name unique in its graph
 * @param op the format's name of the op, for people: {@code Conv}, {@code conv2d}
 * @param nativeOp the adapter's handle to the op that this node was lifted from, null if a rule made the node
 */
public record NodeInfo(String name, String op, @Nullable Object nativeOp) {

    /** The info of a node that a rule makes: it has no native op yet. */
    public static NodeInfo made(String name, String op) {
        return new NodeInfo(name, op, null);
    }

    /** The adapter's handle, if the node was lifted. */
    public Optional<Object> handle() {
        return Optional.ofNullable(nativeOp);
    }
}
