/** The ONNX side: models and their files, and the adapter between them and ConvGraph. The only package that sees protobuf. */
@NullMarked
package org.rep4j.onnx;

import org.jspecify.annotations.NullMarked;
