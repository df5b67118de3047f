/** Activations that published nets have and Deeplearning4j lacks. */
@NullMarked
package org.rep4j.layers.activation;

import org.jspecify.annotations.NullMarked;
