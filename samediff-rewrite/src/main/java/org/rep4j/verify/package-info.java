/**
 * Does the deploy form compute what the train form computes? {@link org.rep4j.verify.EquivalenceCheck} runs both on seeded
 * random inputs, in ONNX Runtime or in ND4J, and compares all outputs.
 */
@NullMarked
package org.rep4j.verify;

import org.jspecify.annotations.NullMarked;
