/** The way from a trained Deeplearning4j net to its deploy form: RepPass's adapter for computation graphs, and what uses it. */
@NullMarked
package org.rep4j.layers.deploy;

import org.jspecify.annotations.NullMarked;
