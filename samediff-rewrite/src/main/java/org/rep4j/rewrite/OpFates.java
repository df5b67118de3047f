package org.rep4j.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.rewrite.OpFate.Status;
import org.rep4j.rewrite.RewriteReport.Absorbed;
import org.rep4j.rewrite.RewriteReport.Rewrite;

/**
 * Tells of each op of the train form what became of it. An op that went into another one, which itself went into a third,
 * counts as folded into the third.
 */
final class OpFates {
    private final ConvGraph before;
    private final Map<String, Home> homes = new HashMap<>();
    /** By name of an op that took another one in or changed, and by label of an op that a rule looked at: when rules first did. */
    private final Map<String, Map<String, Integer>> rulesAt = new HashMap<>();

    private final Map<String, Node> afterByName = new HashMap<>();
    private final Map<String, List<String>> guests = new HashMap<>();
    private final WhyKept whyKept;

    /** Where an op went in the end, and by which rules. */
    private record Home(@Nullable String op, List<String> rules) {}

    private OpFates(RepResult<?> result) {
        before = result.before();
        result.after().nodes().forEach(n -> afterByName.put(n.name(), n));
        whyKept = WhyKept.of(result.after(), result.report().declined());
        follow(result.report().rewrites());
    }

    /** The fates, in the topological order of the train form. */
    static List<OpFate> of(RepResult<?> result) {
        OpFates fates = new OpFates(result);
        List<Node> order = fates.before.topologicalOrder();
        order.forEach(fates::lodge);
        return order.stream().map(fates::fate).toList();
    }

    /** From the last rewrite to the first, so that where an op went from its first host is known already. */
    private void follow(List<Rewrite> rewrites) {
        for (int i = rewrites.size() - 1; i >= 0; i--) {
            Rewrite rewrite = rewrites.get(i);
            for (String changed : rewrite.changed()) {
                homes.computeIfPresent(
                        changed, (op, home) -> new Home(home.op(), prepend(rewrite.rule(), home.rules())));
            }
            for (Absorbed absorbed : rewrite.absorbed()) {
                String host = absorbed.into();
                Home next = host == null ? null : homes.get(host);
                homes.put(
                        absorbed.op(),
                        next == null
                                ? new Home(host, List.of(rewrite.rule()))
                                : new Home(next.op(), prepend(rewrite.rule(), next.rules())));
            }
        }
        for (int i = 0; i < rewrites.size(); i++) {
            Rewrite rewrite = rewrites.get(i);
            note(rewrite.op(), rewrite.rule(), i);
            for (String changed : rewrite.changed()) {
                note(changed, rewrite.rule(), i);
            }
            for (Absorbed absorbed : rewrite.absorbed()) {
                String host = absorbed.into();
                if (host != null) {
                    note(host, rewrite.rule(), i);
                }
            }
        }
    }

    private static List<String> prepend(String rule, List<String> rules) {
        if (rules.get(0).equals(rule)) {
            return rules;
        }
        Set<String> all = new LinkedHashSet<>(List.of(rule));
        all.addAll(rules);
        return List.copyOf(all);
    }

    private void note(String op, String rule, int when) {
        rulesAt.computeIfAbsent(op, o -> new HashMap<>()).putIfAbsent(rule, when);
    }

    /** The rules that changed the op, in the order in which they first did. */
    private List<String> rules(Node node) {
        Map<String, Integer> whens = new HashMap<>(rulesAt.getOrDefault(node.label(), Map.of()));
        rulesAt.getOrDefault(node.name(), Map.of()).forEach((rule, when) -> whens.merge(rule, when, Math::min));
        return whens.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
    }

    private void lodge(Node node) {
        Home home = homes.get(node.name());
        String host = home == null ? null : home.op();
        if (host != null) {
            guests.computeIfAbsent(host, h -> new ArrayList<>()).add(node.name());
        }
    }

    private OpFate fate(Node node) {
        Home home = homes.get(node.name());
        if (home == null) {
            return survivor(node);
        }
        String into = home.op();
        return into == null || !afterByName.containsKey(into)
                ? fate(node, Status.REMOVED, null, home.rules())
                : fate(node, Status.FOLDED, into, home.rules());
    }

    private static OpFate fate(Node node, Status status, @Nullable String into, List<String> rules) {
        return new OpFate(node.name(), node.info().op(), status, into, rules, List.of(), null, null);
    }

    private OpFate survivor(Node node) {
        Node after = afterByName.get(node.name());
        if (after == null) {
            throw new IllegalStateException("no rewrite tells where " + node.label() + " went");
        }
        List<String> rules = rules(node);
        WhyKept.Reason reason = rules.isEmpty()
                ? whyKept.reason(after)
                : whyKept.declined(after).orElse(WhyKept.Reason.NONE);
        return new OpFate(
                node.name(),
                node.info().op(),
                rules.isEmpty() ? Status.KEPT : Status.CHANGED,
                null,
                rules,
                guests.getOrDefault(node.name(), List.of()),
                reason.text(),
                reason.remedy());
    }
}
