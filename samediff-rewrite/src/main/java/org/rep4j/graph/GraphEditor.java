package org.rep4j.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Changes a {@link ConvGraph} by replacing nodes. What a replacement leaves without a reader goes too.
 *
 * <p>Not thread-safe; the graph it edits is its own.
 */
public final class GraphEditor {
    private final ConvGraph graph;

    GraphEditor(ConvGraph graph) {
        this.graph = graph;
    }

    /** The graph in its present state. Valid until the next edit, and from then on showing that edit. */
    public ConvGraph graph() {
        return graph;
    }

    /**
     * Puts {@code added} in the place of {@code removed}, then removes, upstream of {@code removed}, whatever has no reader
     * left. Opaque nodes are removed only if all their outputs are unread.
     *
     * @param removed nodes of the graph
     * @param added nodes that together write every value of {@code removed} that is still read
     * @return all nodes that went, {@code removed} first
     * @throws InvalidGraphException if a value that is read would have no producer
     */
    public List<Node> replace(List<Node> removed, List<Node> added) {
        List<Value> lost = new ArrayList<>();
        for (Node node : removed) {
            graph.remove(node);
            lost.addAll(node.outputs());
        }
        for (Node node : added) {
            graph.add(node);
        }
        for (Value value : lost) {
            if (isRead(value) && !graph.isProduced(value.name())) {
                throw new InvalidGraphException("the replacement of "
                        + removed.get(0).label() + " does not write " + value.name() + ", which is still read");
            }
        }
        List<Node> gone = new ArrayList<>(removed);
        gone.addAll(sweep(removed));
        return gone;
    }

    /** Removes what became unread, from the inputs of {@code removed} upwards. */
    private List<Node> sweep(List<Node> removed) {
        List<Node> swept = new ArrayList<>();
        Deque<Value> unread = new ArrayDeque<>();
        removed.forEach(n -> unread.addAll(n.reads()));
        while (!unread.isEmpty()) {
            Value value = unread.poll();
            Node producer = graph.producer(value).orElse(null);
            if (producer == null || isRead(producer)) {
                continue;
            }
            graph.remove(producer);
            swept.add(producer);
            unread.addAll(producer.reads());
        }
        return swept;
    }

    private boolean isRead(Node node) {
        return node.outputs().stream().anyMatch(this::isRead);
    }

    private boolean isRead(Value value) {
        return graph.isOutput(value) || graph.uses(value) > 0;
    }
}
