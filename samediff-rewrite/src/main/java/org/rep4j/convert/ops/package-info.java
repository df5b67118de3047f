/** One class for each family of ops: how they are written on the other side, in both directions. */
@NullMarked
package org.rep4j.convert.ops;

import org.jspecify.annotations.NullMarked;
