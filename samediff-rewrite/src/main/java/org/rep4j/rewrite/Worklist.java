package org.rep4j.rewrite;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Sum;

/**
 * The nodes that wait for the rules of one phase. First in, first out; a node that waits already is not added again, and one
 * whose type no rule asks for never waits.
 *
 * <p>Rules see a tree of sums from its top, so news about any sum of the tree is news for the top. The way up is walked once,
 * not once for each piece of news: a sum is <em>covered</em> while the top of its tree waits, and no walk goes on from there.
 * When the top's turn comes its tree is uncovered, which costs no more than looking at the tree does.
 */
final class Worklist {
    private final List<Rule> rules;
    private final Map<Class<?>, Boolean> wantedTypes = new HashMap<>();
    private final Deque<Node> queue = new ArrayDeque<>();
    private final Set<Node> waiting = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Node> covered = Collections.newSetFromMap(new IdentityHashMap<>());

    Worklist(List<Rule> rules) {
        this.rules = rules;
    }

    /** The rules of the phase. */
    List<Rule> rules() {
        return rules;
    }

    /** Adds all nodes of a graph; tops are among them. */
    void addAll(Collection<Node> nodes) {
        nodes.stream().filter(this::isWanted).forEach(this::enqueue);
    }

    /** Adds a node and, if it is a sum, the top of its tree. */
    void add(Node node, ConvGraph graph) {
        if (!isWanted(node)) {
            return;
        }
        enqueue(node);
        Node current = node;
        Optional<Sum> parent = SumTree.parent(current, graph);
        while (parent.isPresent() && covered.add(current)) {
            current = parent.get();
            parent = SumTree.parent(current, graph);
        }
        if (current != node && parent.isEmpty()) {
            enqueue(current);
        }
    }

    private boolean isWanted(Node node) {
        return wantedTypes.computeIfAbsent(
                node.getClass(),
                type -> rules.stream().anyMatch(r -> r.pattern().type().isAssignableFrom(type)));
    }

    private void enqueue(Node node) {
        if (waiting.add(node)) {
            queue.add(node);
        }
    }

    /** The next node that is still in {@code graph}, if one waits. */
    Optional<Node> poll(ConvGraph graph) {
        for (Node node = queue.poll(); node != null; node = queue.poll()) {
            waiting.remove(node);
            if (graph.contains(node)) {
                uncover(node, graph);
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    private void uncover(Node node, ConvGraph graph) {
        if (node instanceof Sum sum && SumTree.isTop(sum, graph) && !covered.isEmpty()) {
            SumTree.under(sum, graph).sums().forEach(covered::remove);
        }
    }
}
