package org.rep4j.cli.picture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;

/** What the page tells of an op that is hovered over or clicked at: what it reads and writes, its kernel and geometry. */
final class OpFacts {
    /** Values of an op that are listed; of more only their number is told. */
    private static final int MOST_VALUES = 12;

    private final Map<String, Shape> shapes;

    OpFacts(Map<String, Shape> shapes) {
        this.shapes = shapes;
    }

    /** The facts, by what they are about, in the order in which they are shown. */
    Map<String, List<String>> of(Node node) {
        Map<String, List<String>> facts = new LinkedHashMap<>();
        if (node instanceof KernelNode op) {
            facts.put("Kernel", List.of(op.kernel().shape() + (op.kernel().hasBias() ? ", with bias" : ", no bias")));
            facts.put("Parameters", List.of(Text.count(op.kernel().parameters())));
        }
        geometry(node, facts);
        if (node instanceof AffineNode op) {
            facts.put("Channels", List.of(Text.count((long) op.channels())));
        }
        facts.put("Reads", values(node.reads()));
        facts.put("Writes", values(node.outputs()));
        return facts;
    }

    /** The facts about an input or output of the net. */
    Map<String, List<String>> of(Value value) {
        return Map.of("Value", values(List.of(value)));
    }

    private static void geometry(Node node, Map<String, List<String>> facts) {
        if (node instanceof Convolution conv) {
            facts.put("Geometry", List.of(conv.geometry().toString()));
        } else if (node instanceof TransposedConvolution conv) {
            facts.put("Geometry", List.of(conv.geometry().toString()));
        } else if (node instanceof AveragePool pool) {
            facts.put("Geometry", List.of(pool.geometry().toString()));
        }
    }

    private List<String> values(List<Value> values) {
        List<String> texts = new ArrayList<>();
        for (Value value : values.subList(0, Math.min(values.size(), MOST_VALUES))) {
            Shape shape = shapes.getOrDefault(value.name(), value.shape());
            String constant = value.constant().isPresent() ? " constant" : "";
            texts.add(Text.clean(value.name()) + " " + shape + constant);
        }
        if (values.size() > MOST_VALUES) {
            texts.add("and " + (values.size() - MOST_VALUES) + " more");
        }
        return texts;
    }
}
