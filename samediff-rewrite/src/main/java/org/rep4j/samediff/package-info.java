/** The SameDiff side: the adapter between SameDiff graphs and ConvGraph. */
@NullMarked
package org.rep4j.samediff;

import org.jspecify.annotations.NullMarked;
