/**
 * Re-parameterizable blocks as Deeplearning4j layers: what {@code ComputationGraphConfiguration} and
 * {@code NeuralNetConfiguration} take. A block is a sum of linear branches when it is trained, and one convolution when it is deployed.
 */
@NullMarked
package org.rep4j.layers;

import org.jspecify.annotations.NullMarked;
