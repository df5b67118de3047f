package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;
import org.rep4j.graph.InvalidGraphException;

/** Who writes and who reads what in the main graph of a model; what subgraphs read from it counts as read. */
final class GraphIndex {
    private final GraphProto graph;
    private final Map<String, Integer> producers = new HashMap<>();
    private final Map<String, Integer> readers = new HashMap<>();
    private final List<Set<String>> captured = new ArrayList<>();
    private final Set<String> outputs = new HashSet<>();

    GraphIndex(GraphProto graph) {
        this.graph = graph;
        Set<String> stored = new HashSet<>();
        for (TensorProto initializer : graph.getInitializerList()) {
            if (!stored.add(initializer.getName())) {
                throw new InvalidGraphException("two initializers are named '" + initializer.getName() + "'");
            }
        }
        for (int i = 0; i < graph.getNodeCount(); i++) {
            NodeProto node = graph.getNode(i);
            for (String output : node.getOutputList()) {
                if (!output.isEmpty() && (producers.put(output, i) != null || stored.contains(output))) {
                    throw new InvalidGraphException(
                            describe(node) + " writes '" + output + "', which is written or stored elsewhere, too");
                }
            }
            Set<String> free = new LinkedHashSet<>();
            for (AttributeProto attribute : node.getAttributeList()) {
                if (attribute.hasG()) {
                    collectFree(attribute.getG(), free);
                }
                attribute.getGraphsList().forEach(g -> collectFree(g, free));
            }
            captured.add(free);
            node.getInputList().forEach(this::countReader);
            free.forEach(this::countReader);
        }
        for (ValueInfoProto output : graph.getOutputList()) {
            outputs.add(output.getName());
        }
    }

    private void countReader(String name) {
        if (!name.isEmpty()) {
            readers.merge(name, 1, Integer::sum);
        }
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
            for (AttributeProto attribute : node.getAttributeList()) {
                if (attribute.hasG()) {
                    collectFree(attribute.getG(), read);
                }
                attribute.getGraphsList().forEach(g -> collectFree(g, read));
            }
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

    /** Number of the node that writes {@code name}, or −1. */
    int producer(String name) {
        return producers.getOrDefault(name, -1);
    }

    /** The outer values that the subgraphs of node {@code number} read. */
    Set<String> captured(int number) {
        return captured.get(number);
    }

    /** How many inputs of nodes read {@code name}, subgraphs and graph outputs included. */
    int uses(String name) {
        return readers.getOrDefault(name, 0) + (outputs.contains(name) ? 1 : 0);
    }
}
