package org.rep4j.cli;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rep4j.rewrite.RewriteReport.Decline;

/** Leftovers for people. */
final class LeftoversText {
    private LeftoversText() {}

    /**
     * A line per op, an op's reasons joined.
     *
     * @param most how many lines; what is beyond is counted
     */
    static String of(List<Decline> leftovers, int most) {
        Map<String, Set<String>> reasons = new LinkedHashMap<>();
        leftovers.forEach(d ->
                reasons.computeIfAbsent(d.op(), op -> new LinkedHashSet<>()).add(d.reason()));
        StringBuilder text = new StringBuilder();
        reasons.entrySet().stream()
                .limit(most)
                .forEach(e -> text.append("  ")
                        .append(e.getKey())
                        .append(": ")
                        .append(String.join("; ", e.getValue()))
                        .append('\n'));
        if (reasons.size() > most) {
            text.append("  and ")
                    .append(Numbers.plural(reasons.size() - most, "more op"))
                    .append("; rep4j inspect lists all\n");
        }
        return text.toString();
    }
}
