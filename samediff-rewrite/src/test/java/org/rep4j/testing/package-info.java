/** What the tests of several packages share. */
@NullMarked
package org.rep4j.testing;

import org.jspecify.annotations.NullMarked;
