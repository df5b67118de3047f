package org.rep4j.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.rep4j.rewrite.RewriteReport.Decline;

/** Leftovers for people. */
final class LeftoversText {
    /** What readers look for first. */
    private static final String NORM = "batchnorm";

    private LeftoversText() {}

    /** A line per op, an op's reasons joined. */
    static String full(List<Decline> leftovers) {
        StringBuilder text = new StringBuilder();
        reasons(leftovers)
                .forEach((op, reasons) -> text.append("  ")
                        .append(op)
                        .append(": ")
                        .append(String.join("; ", reasons))
                        .append('\n'));
        return text.toString();
    }

    /** A line per type of op, BatchNorms first: how many stayed, and why the first of them did. */
    static String brief(List<Decline> leftovers) {
        Map<String, Integer> counts = new TreeMap<>(
                Comparator.comparing((String type) -> !isNorm(type)).thenComparing(type -> type));
        Map<String, String> examples = new LinkedHashMap<>();
        reasons(leftovers).forEach((op, reasons) -> {
            int type = op.lastIndexOf(" (");
            String name = type < 0 ? op : op.substring(type + 2, op.length() - 1);
            counts.merge(name, 1, Integer::sum);
            examples.putIfAbsent(
                    name,
                    (type < 0 ? op : op.substring(0, type)) + ": "
                            + reasons.iterator().next());
        });
        int width = counts.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder text = new StringBuilder();
        counts.forEach((type, count) -> text.append("  ")
                .append(type)
                .append(" ".repeat(width - type.length()))
                .append(String.format("%6d", count))
                .append(count == 1 ? "  " : "  such as ")
                .append(examples.get(type))
                .append('\n'));
        return text.toString();
    }

    private static Map<String, Set<String>> reasons(List<Decline> leftovers) {
        Map<String, Set<String>> reasons = new LinkedHashMap<>();
        leftovers.forEach(d ->
                reasons.computeIfAbsent(d.op(), op -> new LinkedHashSet<>()).add(d.reason()));
        return reasons;
    }

    private static boolean isNorm(String type) {
        return type.toLowerCase(Locale.ROOT).startsWith(NORM);
    }
}
