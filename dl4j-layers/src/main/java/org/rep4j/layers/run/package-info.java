/** Runs blocks forwards and backwards on ND4J's native operations. */
@NullMarked
package org.rep4j.layers.run;

import org.jspecify.annotations.NullMarked;
