package org.rep4j.graph;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes a graph as text, one line a node, for people who debug a rule or read a failed test. */
public final class GraphPrinter {
    private GraphPrinter() {}

    /** The graph as text. */
    public static String print(ConvGraph graph) {
        StringBuilder text = new StringBuilder(graph.name())
                .append('(')
                .append(values(graph.inputs()))
                .append(")\n");
        for (Node node : graph.topologicalOrder()) {
            text.append("  ")
                    .append(values(node.outputs()))
                    .append(" = ")
                    .append(node.info().op())
                    .append('(')
                    .append(operands(node))
                    .append(')');
            String details = details(node);
            if (!details.isEmpty()) {
                text.append(" {").append(details).append('}');
            }
            text.append("  # ").append(node.name()).append('\n');
        }
        return text.append("  return ")
                .append(values(graph.outputs()))
                .append('\n')
                .toString();
    }

    private static String values(List<Value> values) {
        return values.stream().map(Value::toString).collect(Collectors.joining(", "));
    }

    private static String operands(Node node) {
        Stream<String> operands = node instanceof Sum sum
                ? sum.terms().stream().map(Sum.Term::toString)
                : node.inputs().stream().map(Value::name);
        return operands.collect(Collectors.joining(", "));
    }

    private static String details(Node node) {
        if (node instanceof Convolution conv) {
            return kernel(conv.kernel()) + ", " + conv.geometry();
        }
        if (node instanceof TransposedConvolution conv) {
            return kernel(conv.kernel()) + ", transposed, " + conv.geometry();
        }
        if (node instanceof KernelNode linear) {
            return kernel(linear.kernel());
        }
        if (node instanceof AffineNode affine) {
            return affine.channels() + " channels";
        }
        if (node instanceof AveragePool pool) {
            return pool.geometry() + (pool.countIncludesPadding() ? ", padding counts" : "");
        }
        if (node instanceof Pad pad) {
            return "begin " + pad.begin() + ", end " + pad.end() + ", with " + pad.fill();
        }
        if (node instanceof Concat concat) {
            return "axis " + concat.axis();
        }
        if (node instanceof Opaque opaque) {
            return opaque.explanation().orElse("");
        }
        return "";
    }

    private static String kernel(KernelSource kernel) {
        return kernel.shape() + (kernel.hasBias() ? " with bias" : "");
    }
}
