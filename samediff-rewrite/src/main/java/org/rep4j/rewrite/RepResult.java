package org.rep4j.rewrite;

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
public record RepResult<G>(G graph, RewriteReport report, ConvGraph before, ConvGraph after) {}
