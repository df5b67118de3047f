/**
 * The pass: rules that say what may be folded, the engine that applies them to a fixpoint, and the report that tells what
 * happened and why something did not. {@link org.rep4j.rewrite.RepPass} is the way in; {@link org.rep4j.rewrite.Rules}
 * lists every rule.
 */
@NullMarked
package org.rep4j.rewrite;

import org.jspecify.annotations.NullMarked;
