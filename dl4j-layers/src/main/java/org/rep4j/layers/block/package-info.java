/** What a block is made of: branches, each a chain of linear steps, and what comes behind their sum. Describes; computes nothing. */
@NullMarked
package org.rep4j.layers.block;

import org.jspecify.annotations.NullMarked;
