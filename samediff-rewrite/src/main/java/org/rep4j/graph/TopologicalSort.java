package org.rep4j.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Depth-first sort of a graph's nodes by who reads from whom, without recursion. */
final class TopologicalSort {
    private static final byte VISITED = 1;
    private static final byte DONE = 2;

    private final List<@Nullable Node> nodes;
    private final Map<String, ValueSite> sites;
    private final byte[] states;
    private final List<Node> order;
    private int[] stack = new int[64];
    private int depth;

    /**
     * @param nodes by serial number, null where there is none
     * @param sites by name of the value
     */
    TopologicalSort(List<@Nullable Node> nodes, Map<String, ValueSite> sites) {
        this.nodes = nodes;
        this.sites = sites;
        states = new byte[nodes.size()];
        order = new ArrayList<>(nodes.size());
    }

    List<Node> order() {
        for (int root = 0; root < states.length; root++) {
            if (nodes.get(root) != null) {
                push(root);
                visitStacked();
            }
        }
        return order;
    }

    private void visitStacked() {
        while (depth > 0) {
            int serial = stack[depth - 1];
            Node node = nodes.get(serial);
            if (states[serial] != 0 || node == null) {
                depth--;
                if (states[serial] == VISITED && node != null) {
                    states[serial] = DONE;
                    order.add(node);
                }
                continue;
            }
            states[serial] = VISITED;
            node.reads().forEach(value -> pushProducer(value, node));
        }
    }

    private void pushProducer(Value value, Node reader) {
        ValueSite site = sites.get(value.name());
        if (site == null || site.producer == null) {
            return; // an input of the graph, or a constant
        }
        if (states[site.producerSerial] == VISITED) {
            throw new InvalidGraphException(reader.label() + " is part of a cycle through " + site.producer.label());
        }
        if (states[site.producerSerial] == 0) {
            push(site.producerSerial);
        }
    }

    private void push(int serial) {
        if (depth == stack.length) {
            stack = Arrays.copyOf(stack, 2 * depth);
        }
        stack[depth++] = serial;
    }
}
