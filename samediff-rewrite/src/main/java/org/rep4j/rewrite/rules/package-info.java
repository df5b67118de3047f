/** One class per rule, named verb + object. Each has a test and a page in docs/rules. */
@NullMarked
package org.rep4j.rewrite.rules;

import org.jspecify.annotations.NullMarked;
