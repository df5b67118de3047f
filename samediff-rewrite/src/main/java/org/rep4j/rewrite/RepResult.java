package org.rep4j.rewrite;

import java.util.List;
import org.rep4j.graph.ConvGraph;

/**
 * What a pass gives back.
 *
 * @param graph the deploy form, in the format that went in
 * @param report what was folded, what was not, and why
 * @param before the train form as the rules saw it
 * @param after the deploy form as the rules left it
 * @param <G> the native graph
 */
public record RepResult<G>(G graph, RewriteReport report, ConvGraph before, ConvGraph after) {

    /**
     * What became of each op of the train form, in topological order: folded into which op by which rules, removed, changed, or
     * kept and why. Takes time linear in the number of ops.
     */
    public List<OpFate> fates() {
        return OpFates.of(this);
    }
}
