package org.rep4j.rewrite;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Identity;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.RewriteReport.Decline;

/**
 * Why the ops of a deploy form stand there still. What a rule said about an op comes first; then what one said about the op
 * that reads it, as an op often stays only because that one does; then what its kind and its neighbours tell.
 */
final class WhyKept {
    /** Ops without a linear form, in lower case and without underscores: ONNX's names and SameDiff's. */
    private static final Set<String> NOT_LINEAR = Set.of(
            "abs",
            "ceil",
            "celu",
            "clip",
            "clipbyvalue",
            "elu",
            "erf",
            "exp",
            "floor",
            "gelu",
            "globalmaxpool",
            "hardsigmoid",
            "hardswish",
            "hardtanh",
            "leakyrelu",
            "log",
            "logsoftmax",
            "maxpool",
            "maxpool2d",
            "mish",
            "prelu",
            "relu",
            "relu6",
            "round",
            "selu",
            "sigmoid",
            "sign",
            "silu",
            "softmax",
            "softplus",
            "softsign",
            "sqrt",
            "swish",
            "tanh",
            "thresholdedrelu");

    /** Ops that are linear only where all operands but one are constants. */
    private static final Set<String> PRODUCTS =
            Set.of("batchmmul", "div", "divide", "einsum", "matmul", "mul", "multiply", "pow", "realdiv");

    private final ConvGraph graph;
    private final Map<String, Reason> declined = new HashMap<>();
    /** What is said about ops that are read: the text without the names of the ops in between. */
    private final IdentityHashMap<Node, Reason> found = new IdentityHashMap<>();

    /**
     * Why an op stays.
     *
     * @param text half a sentence, null for no reason
     * @param remedy the change to the model that would make it foldable, null if none is known
     * @param root what the text ends in: the first reason of a chain of ops each of which stays because the next one does
     */
    record Reason(
            @Nullable String text,
            @Nullable String remedy,
            @Nullable String root) {
        static final Reason NONE = new Reason(null, null, null);

        static Reason of(String text) {
            return new Reason(text, null, text);
        }
    }

    private WhyKept(ConvGraph graph) {
        this.graph = graph;
    }

    /** The reasons in {@code graph}, the deploy form, of which {@code declines} tell. */
    static WhyKept of(ConvGraph graph, List<Decline> declines) {
        WhyKept whyKept = new WhyKept(graph);
        // A reason with a way out is about this very op; others may just say that a rule found none of its ops here.
        for (Decline decline : declines) {
            Reason reason = new Reason(decline.reason(), decline.remedy(), decline.reason());
            whyKept.declined.merge(decline.op(), reason, (a, b) -> a.remedy() == null && b.remedy() != null ? b : a);
        }
        List<Node> order = graph.topologicalOrder();
        for (int i = order.size() - 1; i >= 0; i--) {
            whyKept.found.put(order.get(i), whyKept.explain(order.get(i)));
        }
        return whyKept;
    }

    /** Why {@code node} of the deploy form stays; has a text always. */
    Reason reason(Node node) {
        return found.getOrDefault(node, Reason.NONE);
    }

    /** What rules said about {@code node}. */
    Optional<Reason> declined(Node node) {
        return Optional.ofNullable(declined.get(node.label()));
    }

    private Reason explain(Node node) {
        return declined(node).or(() -> ofReader(node)).orElseGet(() -> Reason.of(generic(node)));
    }

    /** A branch stays where the sum stays; a convolution stays where the BatchNorm after it does. */
    private Optional<Reason> ofReader(Node node) {
        if (node instanceof Sum) {
            return SumTree.parent(node, graph).map(parent -> staysWith(parent, "it is an operand of "));
        }
        if (!(node instanceof KernelNode op)) {
            return Optional.empty();
        }
        return graph.consumers(op.output()).stream()
                .filter(reader -> !(reader instanceof Opaque))
                .filter(reader -> declined(reader).isPresent()
                        || SumTree.parent(reader, graph).isPresent())
                .findFirst()
                .map(reader -> staysWith(reader, "its output goes to "));
    }

    private Reason staysWith(Node reader, String relation) {
        Reason reason = reason(reader);
        return new Reason(
                relation + reader.label() + ", which stays: " + reason.root(), reason.remedy(), reason.root());
    }

    private String generic(Node node) {
        if (node instanceof Opaque opaque) {
            return opaque.explanation().orElseGet(() -> generic(opaque));
        }
        if (node instanceof KernelNode op) {
            return "nothing before or after it can be folded into it: it " + between(op.input(), op.output());
        }
        if (node instanceof AffineNode op) {
            return "no convolution before or after it takes it in: it " + between(op.input(), op.output());
        }
        if (node instanceof Pad op) {
            return "no convolution after it takes it in: it " + between(op.input(), op.output());
        }
        if (node instanceof AveragePool op) {
            return "an average pool is folded only into a branch beside it: it " + between(op.input(), op.output());
        }
        if (node instanceof Identity op) {
            return "nothing needs it gone: it " + between(op.input(), op.output());
        }
        return node instanceof Concat
                ? "its operands are not convolutions of one input that could be stacked"
                : "no two of its operands can become one op";
    }

    private static String generic(Opaque node) {
        String op = node.info().op();
        String plain = op.toLowerCase(Locale.ROOT).replace("_", "");
        if (PRODUCTS.contains(plain)
                && node.inputs().stream().filter(v -> v.constant().isEmpty()).count() > 1) {
            return "it combines computed values by " + op + ", which is not linear";
        }
        return op + (NOT_LINEAR.contains(plain) ? " is not linear" : " is not an op that can be folded");
    }

    private String between(Value input, Value output) {
        String from = graph.producer(input).map(Node::label).orElse("the input " + input.name());
        String to = graph.consumers(output).stream()
                .findFirst()
                .map(Node::label)
                .orElseGet(() -> graph.isOutput(output) ? "the output " + output.name() : "nothing");
        return "stands between " + from + " and " + to;
    }
}
