package org.rep4j.onnx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.rep4j.graph.InvalidGraphException;

/** Who writes and who reads what in the main graph of a model; what subgraphs read from it counts as read. */
final class GraphIndex {
    private final GraphProto graph;
    private final Map<String, Entry> entries;
    private final Map<Integer, Set<String>> captured = new HashMap<>();

    /** What is known about one name. */
    private static final class Entry {
        private int producer = -1;
        private int uses;
        private boolean stored;
    }

    GraphIndex(GraphProto graph) {
        this.graph = graph;
        entries = new HashMap<>(2 * (graph.getInitializerCount() + graph.getNodeCount()));
        for (TensorProto initializer : graph.getInitializerList()) {
            Entry entry = entry(initializer.getName());
            if (entry.stored) {
                throw new InvalidGraphException("two initializers are named '" + initializer.getName() + "'");
            }
            entry.stored = true;
        }
        for (int i = 0; i < graph.getNodeCount(); i++) {
            NodeProto node = graph.getNode(i);
            for (String output : node.getOutputList()) {
                Entry entry = entry(output);
                if (!output.isEmpty() && (entry.producer >= 0 || entry.stored)) {
                    throw new InvalidGraphException(
                            describe(node) + " writes '" + output + "', which is written or stored elsewhere, too");
                }
                entry.producer = i;
            }
            node.getInputList().forEach(n -> entry(n).uses++);
            capture(i, node);
        }
        graph.getOutputList().forEach(o -> entry(o.getName()).uses++);
    }

    private Entry entry(String name) {
        return entries.computeIfAbsent(name, n -> new Entry());
    }

    private void capture(int number, NodeProto node) {
        Set<String> free = captured(node);
        if (!free.isEmpty()) {
            captured.put(number, free);
            free.forEach(n -> entry(n).uses++);
        }
    }

    /** The outer values that the subgraphs of {@code node} read. */
    static Set<String> captured(NodeProto node) {
        Set<String> free = new LinkedHashSet<>();
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.hasG()) {
                collectFree(attribute.getG(), free);
            }
            attribute.getGraphsList().forEach(g -> collectFree(g, free));
        }
        return free;
    }

    /** Adds the names that {@code body} reads but does not define. */
    private static void collectFree(GraphProto body, Set<String> free) {
        Set<String> defined = new HashSet<>();
        body.getInputList().forEach(i -> defined.add(i.getName()));
        body.getInitializerList().stream().map(TensorProto::getName).forEach(defined::add);
        body.getSparseInitializerList().forEach(s -> defined.add(s.getValues().getName()));
        body.getNodeList().forEach(n -> defined.addAll(n.getOutputList()));
        Set<String> read = new LinkedHashSet<>();
        for (NodeProto node : body.getNodeList()) {
            read.addAll(node.getInputList());
            read.addAll(captured(node));
        }
        body.getOutputList().forEach(o -> read.add(o.getName()));
        read.stream().filter(n -> !n.isEmpty() && !defined.contains(n)).forEach(free::add);
    }

    static String describe(NodeProto node) {
        String name = node.getName().isEmpty() && node.getOutputCount() > 0 ? node.getOutput(0) : node.getName();
        return name + " (" + node.getOpType() + ")";
    }

    GraphProto graph() {
        return graph;
    }

    /** Whether anything in the graph is called {@code name}, nodes aside. */
    boolean isName(String name) {
        return entries.containsKey(name);
    }

    /** Number of the node that writes {@code name}, or −1. */
    int producer(String name) {
        Entry entry = entries.get(name);
        return entry == null ? -1 : entry.producer;
    }

    /** The outer values that the subgraphs of node {@code number} read. */
    Set<String> captured(int number) {
        return captured.getOrDefault(number, Set.of());
    }

    /** How often {@code name} is read: by inputs of nodes, by subgraphs, and by being an output of the graph. */
    int uses(String name) {
        Entry entry = entries.get(name);
        return entry == null ? 0 : entry.uses;
    }
}
