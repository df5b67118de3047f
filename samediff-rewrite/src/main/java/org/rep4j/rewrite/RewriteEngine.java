package org.rep4j.rewrite;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.GraphEditor;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.SingleInputNode;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.RewriteReport.Absorbed;
import org.rep4j.rewrite.RewriteReport.Decline;
import org.rep4j.rewrite.RewriteReport.Rewrite;

/**
 * Applies rules until none fires. One worklist per phase; an edit puts the nodes around it back on every list, so the work is
 * linear in the number of nodes and edits.
 *
 * <p>Phases take turns rather than falling back to the first after each edit: a sum of many blocks is then looked at once
 * after all its blocks have become one convolution each, not once per block.
 */
final class RewriteEngine {
    /** What reports call the adapter where it did not understand an op of a foldable kind. */
    private static final String LIFT = "Lift";

    /** How far downstream of an edit nodes are looked at again: as far as rules look up a chain of ops. */
    private static final int REACH = 8;

    private final Map<Phase, Worklist> worklists = new EnumMap<>(Phase.class);
    private final GraphEditor editor;
    private final List<Rewrite> rewrites = new ArrayList<>();
    private final List<Decline> declined = new ArrayList<>();
    private final LongConsumer progress;
    private final int limit;
    private long examined;
    private int lastLooks;

    /**
     * @param limit number of rewrites after which the engine stops
     * @param progress told the number of nodes examined so far, after each one
     */
    RewriteEngine(ConvGraph graph, List<Rule> rules, int limit, LongConsumer progress) {
        this.editor = graph.edit();
        this.limit = limit;
        this.progress = progress;
        Map<Phase, List<Rule>> byPhase = rules.stream().collect(Collectors.groupingBy(Rule::phase));
        byPhase.forEach((phase, ofPhase) -> worklists.put(phase, new Worklist(ofPhase)));
        List<Node> order = graph.topologicalOrder();
        worklists.values().forEach(w -> w.addAll(order));
    }

    /**
     * Runs to the fixpoint, or to the limit.
     *
     * @throws BrokenRuleException if a rule throws, or asks for an edit that is none
     */
    ConvGraph run() {
        do {
            workOff();
        } while (isAcyclic() && !isSettled());
        return editor.graph();
    }

    /** Without an order there is no last look; what is wrong with the graph is for {@link org.rep4j.graph.GraphLint} to say. */
    private boolean isAcyclic() {
        try {
            return !editor.graph().topologicalOrder().isEmpty();
        } catch (InvalidGraphException e) {
            return false;
        }
    }

    /** What was done and, after {@link #run}, what was not. */
    RewriteReport report() {
        return new RewriteReport(rewrites, declined);
    }

    /** How often a last look was taken: once, unless a rule looks further than the neighbours of its node. */
    int lastLooks() {
        return lastLooks;
    }

    private void workOff() {
        boolean worked = true;
        while (worked) {
            worked = false;
            for (Worklist worklist : worklists.values()) {
                Optional<Node> node = worklist.poll(editor.graph());
                while (node.isPresent() && rewrites.size() < limit) {
                    worked = true;
                    examine(node.get(), worklist.rules(), new ArrayList<>());
                    progress.accept(++examined);
                    node = worklist.poll(editor.graph());
                }
            }
        }
    }

    /**
     * A last look at all nodes: only now are the reasons for what was not done those that hold in the end. A rule that still
     * fires looks further than the neighbours of its node; the work then goes on.
     */
    private boolean isSettled() {
        int before = rewrites.size();
        lastLooks++;
        declined.clear();
        for (Node node : editor.graph().topologicalOrder()) {
            if (node instanceof Opaque opaque) {
                opaque.explanation().ifPresent(reason -> declined.add(new Decline(LIFT, node.label(), reason, null)));
            }
            for (Worklist worklist : worklists.values()) {
                examine(node, worklist.rules(), declined);
            }
            progress.accept(++examined);
        }
        return rewrites.size() == before;
    }

    private void examine(Node node, Collection<Rule> rules, List<Decline> declines) {
        for (Rule rule : rules) {
            if (!editor.graph().contains(node)) {
                break;
            }
            try {
                apply(rule, node, declines);
            } catch (RuntimeException e) {
                throw new BrokenRuleException(rule.name(), node.label(), "throws: " + e, e);
            }
        }
    }

    private void apply(Rule rule, Node node, List<Decline> declines) {
        Optional<Match> match = rule.pattern().match(node, editor.graph());
        if (match.isEmpty()) {
            return;
        }
        Outcome outcome = rule.apply(match.get(), editor.graph());
        if (outcome instanceof Outcome.Rewritten rewritten) {
            if (rewrites.size() < limit) {
                rewrite(rule, node, rewritten.replacement());
            }
        } else if (outcome instanceof Outcome.Declined decline) {
            declines.add(new Decline(rule.name(), node.label(), decline.reason(), decline.remedy()));
        }
    }

    private void rewrite(Rule rule, Node root, Replacement replacement) {
        List<Node> gone = editor.replace(replacement.removed(), replacement.added());
        rewrites.add(record(rule, root, replacement, gone));
        for (Node node : gone) {
            revisitAround(node);
        }
        for (Node node : replacement.added()) {
            revisit(node);
            revisitAround(node);
        }
    }

    private static Rewrite record(Rule rule, Node root, Replacement replacement, List<Node> gone) {
        Value output = replacement.removed().get(0).outputs().get(0);
        Set<String> kept = new HashSet<>();
        String host = null;
        for (Node node : replacement.added()) {
            kept.add(node.name());
            host = node.outputs().contains(output) ? node.name() : host;
        }
        List<Absorbed> absorbed = new ArrayList<>();
        for (Node node : gone) {
            if (!kept.contains(node.name())) {
                absorbed.add(new Absorbed(node.name(), replacement.hosts().getOrDefault(node.name(), host)));
            }
        }
        return new Rewrite(rule.name(), root.label(), output.name(), absorbed, changed(replacement));
    }

    /** Names of the nodes that stay under their name but have another kernel, or had none before. */
    private static List<String> changed(Replacement replacement) {
        Map<String, Node> before = new HashMap<>();
        replacement.removed().forEach(n -> before.put(n.name(), n));
        return replacement.added().stream()
                .filter(n -> n instanceof KernelNode made
                        && before.containsKey(n.name())
                        && !(before.get(n.name()) instanceof KernelNode old && old.kernel() == made.kernel()))
                .map(Node::name)
                .toList();
    }

    /** The neighbours of an edit see another graph now: a consumer fewer, another producer. */
    private void revisitAround(Node node) {
        ConvGraph graph = editor.graph();
        for (Value input : node.reads()) {
            graph.producer(input).ifPresent(this::revisit);
            // The last consumer but one went: the remaining one may absorb its producer now.
            if (graph.consumers(input).size() == 1) {
                graph.producer(input).ifPresent(this::revisitDownstream);
                graph.consumers(input).forEach(this::revisit);
            }
        }
        for (Value output : node.outputs()) {
            graph.consumers(output).forEach(this::revisit);
        }
        revisitDownstream(node);
    }

    /** Rules look up the chain of a branch from where it ends: the next sum, concatenation or kernel hears the news too. */
    private void revisitDownstream(Node changed) {
        ConvGraph graph = editor.graph();
        Node node = changed;
        for (int step = 0; step < REACH && node.outputs().size() == 1; step++) {
            Value output = node.outputs().get(0);
            if (graph.uses(output) != 1) {
                return;
            }
            node = graph.consumers(output).iterator().next();
            revisit(node);
            if (node instanceof KernelNode || !(node instanceof SingleInputNode)) {
                return;
            }
        }
    }

    private void revisit(Node node) {
        worklists.values().forEach(w -> w.add(node, editor.graph()));
    }
}
