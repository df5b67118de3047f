package org.rep4j.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks for contradictions in a graph: what a rewrite must never leave behind, and a file from a stranger may contain. */
public final class GraphLint {
    private GraphLint() {}

    /** What is wrong with {@code graph}, one line each; empty if nothing is. */
    public static List<String> check(ConvGraph graph) {
        List<String> problems = new ArrayList<>();
        graph.sites().values().forEach(site -> check(site, problems));
        Set<String> names = new HashSet<>();
        for (Node node : graph.nodes()) {
            if (!names.add(node.name())) {
                problems.add("two nodes are named " + node.name());
            }
            checkChannels(node, problems);
        }
        try {
            graph.topologicalOrder();
        } catch (InvalidGraphException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems;
    }

    private static void check(ValueSite site, List<String> problems) {
        Value value = site.value;
        if (site.timesFed > 1) {
            problems.add("the graph has two inputs named " + value.name());
        }
        if (site.timesFed > 0 && site.producer != null) {
            problems.add("the graph's input " + value.name() + " is also written by a node");
        }
        if (site.timesFed == 0 && site.producer == null && value.constant().isEmpty()) {
            if (site.isOutput) {
                problems.add("the graph's output " + value.name() + " is written by no node");
            }
            site.readers().forEach(n -> problems.add(n.label() + " reads " + value.name() + ", which nothing writes"));
        }
        // Rules compare values as wholes: whoever speaks of a value must speak of the same.
        Value other = site.contradiction;
        if (other != null) {
            problems.add("the value " + value.name() + " occurs as " + value + " of type " + value.type() + " and as "
                    + other + " of type " + other.type());
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
