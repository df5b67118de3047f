package org.rep4j.cli.picture;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rep4j.graph.Node;

/**
 * The ops that became one: each op of the deploy graph that took others in has a number, from 1, in topological order, and so
 * have the ops of the train graph whose work it does.
 */
final class Groups {
    /** No group. */
    static final int NONE = 0;

    /** Number of colours that the page has: neighbours differ, and the number tells groups of one colour apart. */
    private static final int COLOURS = 12;

    private final Map<String, Integer> before = new HashMap<>();
    private final Map<String, Integer> after = new LinkedHashMap<>();

    private Groups() {}

    static Groups of(PictureInput input) {
        Set<String> targets = new HashSet<>();
        input.fates().forEach(f -> f.target().ifPresent(targets::add));
        Groups groups = new Groups();
        for (Node node : input.after().topologicalOrder()) {
            if (targets.contains(node.name())) {
                groups.after.put(node.name(), groups.after.size() + 1);
            }
        }
        // The op that took others in may have kept its name, and then nobody folded it into itself.
        input.before().nodes().forEach(n -> groups.join(n.name(), n.name()));
        input.fates().forEach(f -> f.target().ifPresent(target -> groups.join(f.op(), target)));
        return groups;
    }

    private void join(String op, String target) {
        int group = ofAfter(target);
        if (group != NONE) {
            before.put(op, group);
        }
    }

    /** The group of an op of the train graph, {@link #NONE} if it was not folded. */
    int ofBefore(String op) {
        return before.getOrDefault(op, NONE);
    }

    /** The group of an op of the deploy graph, {@link #NONE} if it took nothing in. */
    int ofAfter(String op) {
        return after.getOrDefault(op, NONE);
    }

    /** The ops of the deploy graph that took others in, by group: group 1 first. */
    List<String> targets() {
        return List.copyOf(after.keySet());
    }

    /** The style sheet's class for the colour of a group, empty for {@link #NONE}. */
    static String colour(int group) {
        return group == NONE ? "" : "c" + (group - 1) % COLOURS;
    }
}
