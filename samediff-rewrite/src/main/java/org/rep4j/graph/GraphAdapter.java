package org.rep4j.graph;

/**
 * Translates between a native graph format and {@link ConvGraph}.
 *
 * @param <G> the native graph
 */
public interface GraphAdapter<G> {
    /**
     * Reads a native graph, without changing it.
     *
     * @throws InvalidGraphException if the graph contradicts itself
     */
    LiftedGraph<G> lift(G source);
}
