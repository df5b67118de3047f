/** What tests of rules are written with: graph fixtures, an independent interpreter, and {@code assertThatRule}. */
@NullMarked
package org.rep4j.testing;

import org.jspecify.annotations.NullMarked;
