package org.rep4j.samediff;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.LiftedGraph;
import org.rep4j.graph.Node;

/**
 * A SameDiff graph, seen as a {@link ConvGraph}.
 *
 * @param view the native graph
 * @param graph what was made of it
 */
record LiftedSameDiff(SameDiffView view, ConvGraph graph) implements LiftedGraph<SameDiff> {

    @Override
    public SameDiff lower(ConvGraph rewritten) {
        Set<Node> before = Collections.newSetFromMap(new IdentityHashMap<>());
        before.addAll(graph.nodes());
        boolean same = rewritten.nodes().size() == before.size() && before.containsAll(rewritten.nodes());
        return same ? SameDiffCopy.exact(view.graph()) : new SameDiffLower(this, rewritten).lower();
    }
}
