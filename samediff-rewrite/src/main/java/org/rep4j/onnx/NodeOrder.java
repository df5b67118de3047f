package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import onnx.Onnx.NodeProto;

/** Puts nodes in an order in which each stands behind those that it reads from. */
final class NodeOrder {
    private final List<NodeProto> nodes;
    private final Map<String, Integer> producers = new HashMap<>();

    private NodeOrder(List<NodeProto> nodes) {
        this.nodes = nodes;
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).getOutputList()) {
                producers.put(output, i);
            }
        }
    }

    /** The same nodes, in the same order as far as that is possible. */
    static List<NodeProto> sorted(List<NodeProto> nodes) {
        NodeOrder order = new NodeOrder(nodes);
        for (int i = 0; i < nodes.size(); i++) {
            int number = i;
            if (order.sources(number).stream().anyMatch(s -> s >= number)) {
                return order.sorted();
            }
        }
        return nodes;
    }

    /** The nodes that write what node {@code number} reads. */
    private Set<Integer> sources(int number) {
        Set<Integer> sources = new HashSet<>();
        Set<String> names = GraphIndex.captured(nodes.get(number));
        names.addAll(nodes.get(number).getInputList());
        for (String name : names) {
            Integer producer = producers.get(name);
            if (producer != null && !name.isEmpty()) {
                sources.add(producer);
            }
        }
        return sources;
    }

    private List<NodeProto> sorted() {
        int[] missing = new int[nodes.size()];
        Map<Integer, List<Integer>> readers = new HashMap<>();
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int i = 0; i < missing.length; i++) {
            Set<Integer> sources = sources(i);
            missing[i] = sources.size();
            for (int source : sources) {
                readers.computeIfAbsent(source, s -> new ArrayList<>()).add(i);
            }
            if (missing[i] == 0) {
                ready.add(i);
            }
        }
        List<NodeProto> result = new ArrayList<>();
        while (!ready.isEmpty()) {
            int next = ready.remove();
            result.add(nodes.get(next));
            for (int reader : readers.getOrDefault(next, List.of())) {
                if (--missing[reader] == 0) {
                    ready.add(reader);
                }
            }
        }
        return result;
    }
}
