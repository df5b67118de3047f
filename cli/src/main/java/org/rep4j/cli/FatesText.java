package org.rep4j.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.rep4j.rewrite.OpFate;
import org.rep4j.rewrite.OpFate.Status;

/** What became of the ops, for people. */
final class FatesText {
    /** What readers look for first. */
    private static final String NORM = "batchnorm";

    private FatesText() {}

    /** {@code 58 of 81 ops are folded into others, 0 removed, 11 changed, 12 kept}. */
    static String summary(List<OpFate> fates) {
        Map<Status, Integer> counts = new EnumMap<>(Status.class);
        fates.forEach(f -> counts.merge(f.status(), 1, Integer::sum));
        return Numbers.count(counts.getOrDefault(Status.FOLDED, 0)) + " of "
                + Numbers.plural(fates.size(), "op") + " folded into others, "
                + Numbers.count(counts.getOrDefault(Status.REMOVED, 0)) + " removed, "
                + Numbers.count(counts.getOrDefault(Status.CHANGED, 0)) + " changed, "
                + Numbers.count(counts.getOrDefault(Status.KEPT, 0)) + " kept";
    }

    /** A row per op: its name, its type and why it stays. */
    static String reasons(List<OpFate> fates) {
        TextTable table = TextTable.ofText("Op", "Type", "Reason");
        fates.forEach(f -> table.row(f.name(), f.type(), reason(f)));
        return table.toString();
    }

    /** A row per op: its name, its type and what became of it. */
    static String full(List<OpFate> fates) {
        TextTable table = TextTable.ofText("Op", "Type", "Becomes", "By or because");
        fates.forEach(f -> table.row(f.name(), f.type(), becomes(f), explanation(f)));
        return table.toString();
    }

    private static String becomes(OpFate fate) {
        return fate.into() == null ? fate.status().name().toLowerCase(Locale.ROOT) : "part of " + fate.into();
    }

    private static String explanation(OpFate fate) {
        return fate.status() == Status.KEPT ? reason(fate) : String.join(", ", fate.rules());
    }

    /** A line per type of op, BatchNorms first: how many stayed, and why the first of them did. */
    static String brief(List<OpFate> leftovers) {
        Map<String, List<OpFate>> byType = new TreeMap<>(
                Comparator.comparing((String type) -> !isNorm(type)).thenComparing(type -> type));
        leftovers.forEach(
                f -> byType.computeIfAbsent(f.type(), t -> new ArrayList<>()).add(f));
        int width = byType.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder text = new StringBuilder();
        byType.forEach((type, fates) -> text.append("  ")
                .append(type)
                .append(" ".repeat(width - type.length()))
                .append(String.format(Locale.ROOT, "%6d", fates.size()))
                .append(fates.size() == 1 ? "  " : "  such as ")
                .append(fates.get(0).name())
                .append(": ")
                .append(reason(fates.get(0)))
                .append('\n'));
        return text.toString();
    }

    private static String reason(OpFate fate) {
        String remedy = fate.remedy();
        return fate.reason() + (remedy == null ? "" : "; " + remedy);
    }

    private static boolean isNorm(String type) {
        return type.toLowerCase(Locale.ROOT).startsWith(NORM);
    }
}
