package org.rep4j.graph;

/**
 * A native graph and its {@link ConvGraph}, and the way back.
 *
 * @param <G> the native graph
 */
public interface LiftedGraph<G> {
    /** The native graph as the algebra sees it. */
    ConvGraph graph();

    /**
     * A copy of the native graph with the changes that lead from {@link #graph()} to {@code rewritten}. What did not change
     * stays as it was, node for node, name for name.
     *
     * @param rewritten {@link #graph()} after edits
     */
    G lower(ConvGraph rewritten);
}
