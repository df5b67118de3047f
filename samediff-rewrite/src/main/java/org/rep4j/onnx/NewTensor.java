package org.rep4j.onnx;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.UnsafeByteOperations;
import org.rep4j.graph.ElementBytes;
import org.rep4j.graph.ElementType;

/**
 * An initializer that a fold makes. Its numbers are computed when the model is written, one tensor at a time.
 *
 * @param name of the initializer
 * @param dims its shape
 * @param type its format
 * @param content what puts its elements, in row-major order
 */
record NewTensor(String name, List<Long> dims, ElementType type, Content content) {

    /** Computes elements. */
    @FunctionalInterface
    interface Content {
        /** Puts all elements. */
        void writeTo(ElementBytes elements);
    }

    /** A tensor that is small enough to be held in double precision. */
    NewTensor(String name, List<Long> dims, ElementType type, Supplier<double[]> content) {
        this(name, dims, type, elements -> elements.put(0, content.get()));
    }

    long bytes() {
        return Math.multiplyExact(elements(), (long) type.bytes());
    }

    private long elements() {
        return dims.stream().reduce(1L, Math::multiplyExact);
    }

    /** The content, little-endian. */
    ByteBuffer encode() {
        ElementBytes elements = ElementBytes.allocate(type, Math.toIntExact(elements()));
        content.writeTo(elements);
        return elements.bytes();
    }

    /** The tensor without its content. */
    TensorProto.Builder header() {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorCodec.dataType(type))
                .addAllDims(dims);
    }

    TensorProto inline() {
        return header().setRawData(UnsafeByteOperations.unsafeWrap(encode())).build();
    }
}
