/**
 * Converters between ONNX models and SameDiff graphs. {@code OnnxToSameDiff} and {@code SameDiffToOnnx} walk over one side op by
 * op; {@code Mappings} knows which {@code OpMapping} of {@code org.rep4j.convert.ops} writes an op on the other side.
 */
@NullMarked
package org.rep4j.convert;

import org.jspecify.annotations.NullMarked;
