package org.rep4j.cli.picture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Node;

/**
 * The weights of each folded kernel: those of the branches that went into it, and its own.
 *
 * @param rows one per op of the deploy graph, in topological order
 * @param omitted number of further ones
 */
record SpreadTable(List<Row> rows, int omitted) {
    /** Of a net with more, the first ones are shown. */
    private static final int MOST = 1000;

    /**
     * One folded kernel. Both histograms have the same axis.
     *
     * @param group its number
     * @param colour the style sheet's class of its colour
     * @param name of the op
     * @param kernel its sizes
     * @param before the kernels of the train graph
     * @param after its own weights
     * @param low beginning of the axis
     * @param high end of the axis
     */
    record Row(
            int group,
            String colour,
            String name,
            String kernel,
            Spread before,
            Spread after,
            double low,
            double high) {

        /** Beginning of the axis, for people. */
        String from() {
            return Text.number(low);
        }

        /** End of the axis, for people. */
        String to() {
            return Text.number(high);
        }
    }

    /** The table for {@code input}. */
    static SpreadTable of(PictureInput input, Groups groups) {
        Map<Integer, List<KernelSource>> branches = new HashMap<>();
        for (Node node : input.before().topologicalOrder()) {
            if (node instanceof KernelNode op) {
                branches.computeIfAbsent(groups.ofBefore(node.name()), g -> new ArrayList<>())
                        .add(op.kernel());
            }
        }
        List<Row> rows = new ArrayList<>();
        int omitted = 0;
        for (Node node : input.after().topologicalOrder()) {
            int group = groups.ofAfter(node.name());
            if (group == Groups.NONE || !(node instanceof KernelNode op)) {
                continue;
            }
            if (rows.size() == MOST) {
                omitted++;
            } else {
                rows.add(row(group, op, branches.getOrDefault(group, List.of())));
            }
        }
        return new SpreadTable(List.copyOf(rows), omitted);
    }

    private static Row row(int group, KernelNode op, List<KernelSource> branches) {
        SpreadMeter before = new SpreadMeter(branches);
        SpreadMeter after = new SpreadMeter(List.of(op.kernel()));
        double from = Math.min(before.min(), after.min());
        double to = Math.max(before.max(), after.max());
        return new Row(
                group,
                Groups.colour(group),
                Text.clean(op.name()),
                op.kernel().shape().toString(),
                before.between(from, to),
                after.between(from, to),
                from,
                to);
    }
}
