/** What a net costs: parameters, multiply-adds and memory access, op by op, computed from its ConvGraph. */
@NullMarked
package org.rep4j.profile;

import org.jspecify.annotations.NullMarked;
