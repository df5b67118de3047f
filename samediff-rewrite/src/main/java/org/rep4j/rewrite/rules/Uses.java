package org.rep4j.rewrite.rules;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/** Who else reads a value that a rule would like to see go. */
final class Uses {
    private Uses() {}

    /** Whether a single op reads {@code value}, once, and nobody else. */
    static boolean isOwn(Value value, ConvGraph graph) {
        return !graph.isOutput(value) && graph.uses(value) == 1;
    }

    /** Why {@code value} must stay although {@code reader} could do without it; empty if nobody else reads it. */
    static Optional<String> otherThan(Node reader, Value value, ConvGraph graph) {
        return outside(List.of(reader), value, graph);
    }

    /** Why {@code value} must stay although {@code readers} could do without it; empty if nobody else reads it. */
    static Optional<String> outside(Collection<? extends Node> readers, Value value, ConvGraph graph) {
        if (graph.isOutput(value)) {
            return Optional.of("is an output of the graph");
        }
        Set<Node> own = Collections.newSetFromMap(new IdentityHashMap<>());
        own.addAll(readers);
        List<Node> others = graph.consumers(value).stream()
                .filter(n -> !own.contains(n))
                .limit(2)
                .toList();
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of("is also used by " + others.get(0).label() + (others.size() > 1 ? " and others" : ""));
    }
}
