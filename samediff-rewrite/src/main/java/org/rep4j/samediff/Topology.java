package org.rep4j.samediff;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Walks over graphs of named things that depend on each other. Iterative: depth costs no stack. */
public final class Topology {
    private Topology() {}

    /** Everything that {@code roots} need, themselves included. */
    public static <T> Set<T> closure(Collection<T> roots, Function<T, ? extends Collection<T>> dependencies) {
        Set<T> reached = new HashSet<>(roots);
        Deque<T> open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            for (T dependency : dependencies.apply(open.pop())) {
                if (reached.add(dependency)) {
                    open.push(dependency);
                }
            }
        }
        return reached;
    }

    /**
     * {@code items} so that each stands behind what it depends on, otherwise in the given order. Loops are legal in SameDiff
     * (a while loop's last op feeds its first): the edge that closes one is ignored.
     *
     * @param dependencies only of {@code items}
     */
    public static <T> List<T> order(Collection<T> items, Function<T, ? extends Collection<T>> dependencies) {
        List<T> order = new ArrayList<>(items.size());
        Map<T, Boolean> state = new HashMap<>(); // absent: unseen, false: being visited, true: in order
        Deque<T> stack = new ArrayDeque<>();
        for (T root : items) {
            stack.push(root);
            while (!stack.isEmpty()) {
                T item = stack.peek();
                Boolean seen = state.get(item);
                if (seen != null) {
                    stack.pop();
                    if (!seen) {
                        state.put(item, true);
                        order.add(item);
                    }
                    continue;
                }
                state.put(item, false);
                for (T dependency : dependencies.apply(item)) {
                    if (!state.containsKey(dependency)) {
                        stack.push(dependency);
                    }
                }
            }
        }
        return order;
    }
}
