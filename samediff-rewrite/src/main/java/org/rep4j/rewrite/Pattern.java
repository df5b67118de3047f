package org.rep4j.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;

/**
 * Describes a node and, upstream, the nodes that feed it. Immutable; reads like a sentence:
 *
 * <pre>{@code
 * node(BatchNormalization.class).capturedAs(BN).fedBy(node(KernelNode.class).capturedAs(CONV))
 * }</pre>
 *
 * @param <N> type of the node that is described
 */
public final class Pattern<N extends Node> {
    private final Class<N> type;
    private final List<Step<N>> steps;

    /** Looks at a node, notes captures in the match, and says whether it fits. */
    private interface Step<N> {
        boolean fits(N node, ConvGraph graph, Match match);
    }

    private Pattern(Class<N> type, List<Step<N>> steps) {
        this.type = type;
        this.steps = List.copyOf(steps);
    }

    /** Any node of {@code type}. */
    public static <N extends Node> Pattern<N> node(Class<N> type) {
        return new Pattern<>(type, List.of());
    }

    /** Keeps the node for the rule. */
    public Pattern<N> capturedAs(Capture<N> capture) {
        return and((node, graph, match) -> {
            match.put(capture, node);
            return true;
        });
    }

    /** Only nodes for which {@code condition} holds. */
    public Pattern<N> where(Predicate<? super N> condition) {
        return and((node, graph, match) -> condition.test(node));
    }

    /** Only nodes for which {@code condition} holds where they stand. */
    public Pattern<N> where(BiPredicate<? super N, ConvGraph> condition) {
        return and((node, graph, match) -> condition.test(node, graph));
    }

    /** Only nodes whose first input is written by a node that fits {@code producer}. */
    public Pattern<N> fedBy(Pattern<?> producer) {
        return and((node, graph, match) -> !node.inputs().isEmpty()
                && graph.producer(node.inputs().get(0))
                        .map(p -> producer.fits(p, graph, match))
                        .orElse(false));
    }

    private Pattern<N> and(Step<N> step) {
        List<Step<N>> more = new ArrayList<>(steps);
        more.add(step);
        return new Pattern<>(type, more);
    }

    /** The type of the root. */
    Class<N> type() {
        return type;
    }

    /** The match with {@code node} as the root, if it fits. */
    Optional<Match> match(Node node, ConvGraph graph) {
        if (!type.isInstance(node)) {
            return Optional.empty(); // the usual case, kept free of allocations
        }
        Match match = new Match();
        return fits(node, graph, match) ? Optional.of(match) : Optional.empty();
    }

    private boolean fits(Node node, ConvGraph graph, Match match) {
        if (!type.isInstance(node)) {
            return false;
        }
        N typed = type.cast(node);
        for (Step<N> step : steps) {
            if (!step.fits(typed, graph, match)) {
                return false;
            }
        }
        return true;
    }
}
