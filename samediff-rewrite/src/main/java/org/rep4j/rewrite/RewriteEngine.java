package org.rep4j.rewrite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.GraphEditor;
import org.rep4j.graph.Node;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.RewriteReport.Decline;
import org.rep4j.rewrite.RewriteReport.Rewrite;

/**
 * Applies rules until none fires. One worklist per phase; an edit puts the nodes around it back on every list, so the work is
 * linear in the number of nodes and edits and no list is ever scanned.
 */
final class RewriteEngine {
    private final Map<Phase, List<Rule>> rules = new EnumMap<>(Phase.class);
    private final Map<Phase, Worklist> worklists = new EnumMap<>(Phase.class);
    private final GraphEditor editor;
    private final List<Rewrite> rewrites = new ArrayList<>();
    private final IdentityHashMap<Node, Map<String, String>> declined = new IdentityHashMap<>();
    private final LongConsumer progress;
    private long examined;

    /** First in, first out; a node that waits already is not added again. */
    private static final class Worklist {
        private final Deque<Node> queue = new ArrayDeque<>();
        private final Set<Node> waiting = Collections.newSetFromMap(new IdentityHashMap<>());

        boolean add(Node node) {
            return waiting.add(node) && queue.add(node);
        }

        Optional<Node> poll() {
            Node node = queue.poll();
            if (node != null) {
                waiting.remove(node);
            }
            return Optional.ofNullable(node);
        }
    }

    /**
     * @param progress told the number of nodes examined so far, after each one
     */
    RewriteEngine(ConvGraph graph, List<Rule> rules, LongConsumer progress) {
        this.editor = graph.edit();
        this.progress = progress;
        for (Rule rule : rules) {
            this.rules.computeIfAbsent(rule.phase(), p -> new ArrayList<>()).add(rule);
        }
        List<Node> order = graph.topologicalOrder();
        for (Phase phase : this.rules.keySet()) {
            Worklist worklist = new Worklist();
            order.forEach(worklist::add);
            worklists.put(phase, worklist);
        }
    }

    /** Runs to the fixpoint. */
    ConvGraph run() {
        while (runOneNode()) {
            progress.accept(++examined);
        }
        return editor.graph();
    }

    /** Examines the next node of the earliest phase that has one. */
    private boolean runOneNode() {
        for (Map.Entry<Phase, Worklist> entry : worklists.entrySet()) {
            Optional<Node> node = entry.getValue().poll();
            if (node.isPresent()) {
                examine(node.get(), entry.getKey());
                return true;
            }
        }
        return false;
    }

    private void examine(Node node, Phase phase) {
        for (Rule rule : rules.getOrDefault(phase, List.of())) {
            if (!editor.graph().contains(node)) {
                return;
            }
            Optional<Match> match = rule.pattern().match(node, editor.graph());
            if (match.isEmpty()) {
                forget(node, rule);
                continue;
            }
            Outcome outcome = rule.apply(match.get(), editor.graph());
            if (outcome instanceof Outcome.Rewritten rewritten) {
                rewrite(rule, rewritten.replacement());
            } else if (outcome instanceof Outcome.Declined decline) {
                declined.computeIfAbsent(node, n -> new LinkedHashMap<>()).put(rule.name(), decline.reason());
            } else {
                forget(node, rule);
            }
        }
    }

    private void forget(Node node, Rule rule) {
        Map<String, String> reasons = declined.get(node);
        if (reasons != null) {
            reasons.remove(rule.name());
        }
    }

    private void rewrite(Rule rule, Replacement replacement) {
        List<Node> gone = editor.replace(replacement.removed(), replacement.added());
        Set<String> kept = replacement.added().stream().map(Node::name).collect(Collectors.toSet());
        rewrites.add(new Rewrite(
                rule.name(),
                replacement.removed().get(0).outputs().get(0).name(),
                gone.stream().map(Node::name).filter(n -> !kept.contains(n)).toList()));
        gone.forEach(declined::remove);
        for (Node node : gone) {
            revisitAround(node);
        }
        for (Node node : replacement.added()) {
            revisit(node);
            revisitAround(node);
        }
    }

    /** The neighbours of an edit see another graph now: a consumer fewer, another producer. */
    private void revisitAround(Node node) {
        ConvGraph graph = editor.graph();
        for (Value input : node.inputs()) {
            graph.producer(input).ifPresent(this::revisit);
            // The last consumer but one went: the remaining one may absorb its producer now.
            if (graph.consumers(input).size() == 1) {
                graph.consumers(input).forEach(this::revisit);
            }
        }
        for (Value output : node.outputs()) {
            graph.consumers(output).forEach(this::revisit);
        }
    }

    private void revisit(Node node) {
        Node current = node;
        boolean news = true;
        while (news) {
            news = false;
            for (Worklist worklist : worklists.values()) {
                news |= worklist.add(current);
            }
            // A sum tree is rewritten at its top. A sum that waits already has its top waiting, too: climb no further.
            Optional<Sum> above = SumTree.parent(current, editor.graph());
            news &= above.isPresent();
            current = above.isPresent() ? above.get() : current;
        }
    }

    RewriteReport report() {
        List<Decline> declines = new ArrayList<>();
        for (Node node : editor.graph().topologicalOrder()) {
            declined.getOrDefault(node, Map.of())
                    .forEach((rule, reason) -> declines.add(new Decline(rule, node.label(), reason)));
        }
        return new RewriteReport(rewrites, declines);
    }
}
