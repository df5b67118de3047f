package org.rep4j.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.rewrite.RewriteReport;
import org.rep4j.rewrite.RewriteReport.Decline;
import org.rep4j.rewrite.Rules;

/** What a reader may have expected to be folded and was not, each with the reason. */
final class Leftovers {
    /** Stands in the place of a rule where an op was not understood in the first place. */
    static final String LIFT = "lift";

    private Leftovers() {}

    /**
     * The folds that rules declined, the BatchNorms that no rule had anything to fold into, and the ops of a foldable kind
     * that could not be understood.
     */
    static List<Decline> of(RewriteReport report, ConvGraph after) {
        List<Decline> leftovers = new ArrayList<>(report.declined());
        Set<String> explained = leftovers.stream().map(Decline::op).collect(Collectors.toCollection(HashSet::new));
        for (Node node : after.topologicalOrder()) {
            if (!explained.add(node.label())) {
                continue;
            }
            if (node instanceof BatchNormalization norm) {
                leftovers.add(new Decline(Rules.ABSORB_BATCH_NORM.name(), norm.label(), reason(norm, after), null));
            } else if (node instanceof Opaque opaque) {
                opaque.explanation().ifPresent(r -> leftovers.add(new Decline(LIFT, opaque.label(), r, null)));
            }
        }
        return leftovers;
    }

    private static String reason(BatchNormalization norm, ConvGraph graph) {
        return graph.producer(norm.input())
                .map(p -> "its input comes from " + p.label() + ", which has no kernel to fold it into")
                .orElse("its input is an input of the model, so there is no kernel to fold it into");
    }
}
