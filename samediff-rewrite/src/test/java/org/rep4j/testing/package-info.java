/** What tests are written with: fixtures, ONNX Runtime and an interpreter as oracles, and {@code assertThatRule}. */
@NullMarked
package org.rep4j.testing;

import org.jspecify.annotations.NullMarked;
