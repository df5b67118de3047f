package org.rep4j.cli.picture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/**
 * A graph as it is to be drawn: a box for each input, op and output, and a wire for each value on its way from one to another.
 *
 * @param boxes inputs of the net first, then the ops in topological order, then the outputs
 * @param wires by the place of the box that they lead to; a value that an op reads twice has one wire
 */
record Diagram(List<Box> boxes, List<Wire> wires) {

    /** What a box stands for. */
    enum Kind {
        INPUT,
        OP,
        OUTPUT
    }

    /**
     * A box.
     *
     * @param kind what it stands for
     * @param name of the op, or of the input or output
     * @param label what is written in it
     * @param facts what is told of it when it is clicked at
     */
    record Box(Kind kind, String name, Label label, Map<String, List<String>> facts) {}

    /**
     * Where a value comes from.
     *
     * @param box place of the box
     * @param output which of its outputs it is
     */
    record Source(int box, int output) {}

    /**
     * A wire, from an earlier box to a later one.
     *
     * @param source where it begins
     * @param to place of the box that it enters
     */
    record Wire(Source source, int to) {
        /** Place of the box that it leaves. */
        int from() {
            return source.box();
        }
    }

    /**
     * The diagram of a graph.
     *
     * @param facts tells of the boxes
     */
    static Diagram of(ConvGraph graph, OpFacts facts) {
        List<Box> boxes = new ArrayList<>();
        List<Wire> wires = new ArrayList<>();
        Map<String, Source> sources = new HashMap<>();
        for (Value input : graph.inputs()) {
            sources.put(input.name(), new Source(boxes.size(), 0));
            boxes.add(new Box(Kind.INPUT, input.name(), Label.of("input", input), facts.of(input)));
        }
        for (Node node : graph.topologicalOrder()) {
            wire(sources, node.reads(), boxes.size(), wires);
            for (int i = 0; i < node.outputs().size(); i++) {
                sources.put(node.outputs().get(i).name(), new Source(boxes.size(), i));
            }
            boxes.add(new Box(Kind.OP, node.name(), Label.of(node), facts.of(node)));
        }
        for (Value output : graph.outputs()) {
            wire(sources, List.of(output), boxes.size(), wires);
            boxes.add(new Box(Kind.OUTPUT, output.name(), Label.of("output", output), facts.of(output)));
        }
        return new Diagram(List.copyOf(boxes), List.copyOf(wires));
    }

    private static void wire(Map<String, Source> sources, List<Value> read, int reader, List<Wire> wires) {
        Set<Source> from = new LinkedHashSet<>();
        for (Value value : read) {
            Source source = sources.get(value.name()); // constants have none
            if (source != null) {
                from.add(source);
            }
        }
        from.forEach(source -> wires.add(new Wire(source, reader)));
    }
}
