/** Measures how long a deployment takes, and how much faster the deploy form runs. Nothing depends on this module. */
@NullMarked
package org.rep4j.benchmarks;

import org.jspecify.annotations.NullMarked;
