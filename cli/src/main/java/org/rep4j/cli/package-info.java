/** The command line: {@code rep4j deploy}, {@code convert}, {@code inspect}, {@code verify}. */
@NullMarked
package org.rep4j.cli;

import org.jspecify.annotations.NullMarked;
