/**
 * {@link org.rep4j.graph.ConvGraph}, the small graph of linear ops on which all folds work, whatever format the net came
 * in. Nodes that the algebra does not understand are {@linkplain org.rep4j.graph.Opaque opaque} and never looked into.
 */
@NullMarked
package org.rep4j.graph;

import org.jspecify.annotations.NullMarked;
