package org.rep4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Markdown table whose source is aligned: first column to the left, figures to the right. */
final class MarkdownTable {
    private final List<List<String>> rows = new ArrayList<>();

    MarkdownTable(String... header) {
        rows.add(List.of(header));
    }

    /** Adds a row of as many cells as the header has. */
    MarkdownTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** Whether there is nothing below the header. */
    boolean isEmpty() {
        return rows.size() == 1;
    }

    @Override
    public String toString() {
        int[] widths = IntStream.range(0, rows.get(0).size())
                .map(c -> rows.stream().mapToInt(r -> r.get(c).length()).max().orElse(0))
                .toArray();
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            lines.add(IntStream.range(0, widths.length)
                    .mapToObj(c -> String.format((c == 0 ? "%-" : "%") + widths[c] + "s", row.get(c)))
                    .collect(Collectors.joining(" | ", "| ", " |")));
        }
        lines.add(
                1,
                IntStream.range(0, widths.length)
                        .mapToObj(c -> "-".repeat(widths[c] + 1) + (c == 0 ? "-" : ":"))
                        .collect(Collectors.joining("|", "|", "|")));
        return String.join(System.lineSeparator(), lines) + System.lineSeparator();
    }
}
