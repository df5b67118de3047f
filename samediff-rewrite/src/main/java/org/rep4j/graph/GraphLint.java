package org.rep4j.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks for contradictions in a graph: what a rewrite must never leave behind, and a file from a stranger may contain. */
public final class GraphLint {
    private GraphLint() {}

    /** What is wrong with {@code graph}, one line each; empty if nothing is. */
    public static List<String> check(ConvGraph graph) {
        List<String> problems = new ArrayList<>();
        Set<String> fed = new HashSet<>();
        for (Value input : graph.inputs()) {
            if (!fed.add(input.name())) {
                problems.add("the graph has two inputs named " + input.name());
            }
            if (graph.isProduced(input.name())) {
                problems.add("the graph's input " + input.name() + " is also written by a node");
            }
        }
        Map<String, Value> values = new HashMap<>();
        graph.inputs().forEach(v -> checkSame(v, values, problems));
        graph.outputs().forEach(v -> checkSame(v, values, problems));
        Set<String> names = new HashSet<>();
        for (Node node : graph.nodes()) {
            node.outputs().forEach(v -> checkSame(v, values, problems));
            node.reads().forEach(v -> checkSame(v, values, problems));
            if (!names.add(node.name())) {
                problems.add("two nodes are named " + node.name());
            }
            for (Value input : node.reads()) {
                if (!fed.contains(input.name())
                        && !graph.isProduced(input.name())
                        && input.constant().isEmpty()) {
                    problems.add(node.label() + " reads " + input.name() + ", which nothing writes");
                }
            }
            checkChannels(node, problems);
        }
        for (Value output : graph.outputs()) {
            if (!fed.contains(output.name())
                    && !graph.isProduced(output.name())
                    && output.constant().isEmpty()) {
                problems.add("the graph's output " + output.name() + " is written by no node");
            }
        }
        try {
            graph.topologicalOrder();
        } catch (InvalidGraphException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems;
    }

    /** Rules compare values as wholes: whoever speaks of a value must speak of the same. */
    private static void checkSame(Value value, Map<String, Value> values, List<String> problems) {
        Value known = values.putIfAbsent(value.name(), value);
        if (known != null && !(known.shape().equals(value.shape()) && known.type() == value.type())) {
            problems.add("the value " + value.name() + " occurs as " + known + " of type " + known.type() + " and as "
                    + value + " of type " + value.type());
        }
    }

    private static void checkChannels(Node node, List<String> problems) {
        if (!(node instanceof KernelNode op)) {
            return;
        }
        int axis = op.channelAxis();
        long in = op.input().shape().dim(axis);
        if (in >= 0 && in != op.kernel().shape().inChannels()) {
            problems.add(node.label() + " has a kernel of " + op.kernel().shape() + " but reads " + in + " channels");
        }
        long out = op.output().shape().dim(axis);
        if (out >= 0 && out != op.kernel().shape().outChannels()) {
            problems.add(node.label() + " has a kernel of " + op.kernel().shape() + " but writes " + out + " channels");
        }
    }
}
