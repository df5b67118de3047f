/**
 * The algebra of convolution kernels: what BatchNorm absorption, branch addition and kernel growth do to weights and
 * biases. Plain Java arrays in double precision; depends on nothing, knows no graph.
 */
@NullMarked
package org.rep4j.algebra;

import org.jspecify.annotations.NullMarked;
