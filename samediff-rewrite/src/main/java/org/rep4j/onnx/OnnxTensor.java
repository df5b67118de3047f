package org.rep4j.onnx;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

/**
 * The content of a tensor, which is read or computed when it is asked for.
 *
 * @param type format of the elements
 * @param dims sizes
 * @param content gives the elements in row-major order, little-endian, in a buffer of their own or a read-only one
 */
public record OnnxTensor(OnnxType type, List<Long> dims, Supplier<ByteBuffer> content) {
    /** Copies the list. */
    public OnnxTensor {
        dims = List.copyOf(dims);
    }

    /** Number of elements. */
    public long elements() {
        return dims.stream().reduce(1L, Math::multiplyExact);
    }
}
