package org.rep4j.cli.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.rep4j.profile.Cost;
import org.rep4j.profile.Profile;

/**
 * What both graphs cost.
 *
 * @param rows one per type of op, in alphabetical order
 * @param totals of all ops
 */
record CostTable(List<Row> rows, Row totals) {
    private static final Cost NOTHING = new Cost(0, 0, 0L, 0L);

    /** Costs of one type of op, each before and after. */
    record Row(String op, List<Pair> figures) {}

    /**
     * One figure.
     *
     * @param name of the figure
     * @param before in the train graph
     * @param after in the deploy graph
     * @param change in percent, empty if it is not known or nothing changed
     */
    record Pair(String name, String before, String after, String change) {}

    /** The table for two profiles. */
    static CostTable of(Profile before, Profile after) {
        Set<String> ops = new TreeSet<>(before.ops().keySet());
        ops.addAll(after.ops().keySet());
        List<Row> rows = new ArrayList<>();
        for (String op : ops) {
            rows.add(row(
                    Text.clean(op),
                    before.ops().getOrDefault(op, NOTHING),
                    after.ops().getOrDefault(op, NOTHING)));
        }
        return new CostTable(List.copyOf(rows), row("Total", before.total(), after.total()));
    }

    private static Row row(String op, Cost before, Cost after) {
        return new Row(
                op,
                List.of(
                        pair("Ops", (long) before.count(), (long) after.count()),
                        pair("Parameters", before.parameters(), after.parameters()),
                        pair("Multiply-adds", before.multiplyAdds(), after.multiplyAdds()),
                        pair("Memory access", before.memoryAccess(), after.memoryAccess())));
    }

    private static Pair pair(String name, @Nullable Long before, @Nullable Long after) {
        return new Pair(name, Text.count(before), Text.count(after), change(before, after));
    }

    private static String change(@Nullable Long before, @Nullable Long after) {
        if (before == null || after == null || before == 0 || before.equals(after)) {
            return "";
        }
        return String.format(Locale.ROOT, "%+.1f %%", 100.0 * (after - before) / before)
                .replace('-', '−');
    }
}
