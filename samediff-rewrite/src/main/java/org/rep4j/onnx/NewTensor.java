package org.rep4j.onnx;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.UnsafeByteOperations;
import org.rep4j.graph.ElementBytes;
import org.rep4j.graph.ElementType;

/**
 * An initializer that a fold or a conversion makes. Its numbers are computed when the model is written, one tensor at a time.
 *
 * @param name of the initializer
 * @param dims its shape
 * @param dataType ONNX's number for its format
 * @param content gives its elements in row-major order, little-endian, in a buffer that nobody else writes to
 */
record NewTensor(String name, List<Long> dims, int dataType, Supplier<ByteBuffer> content) {

    /** Computes elements. */
    @FunctionalInterface
    interface Content {
        /** Puts all elements. */
        void writeTo(ElementBytes elements);
    }

    /** A tensor whose elements are put where they belong. */
    NewTensor(String name, List<Long> dims, ElementType type, Content content) {
        this(name, dims, TensorCodec.dataType(type), () -> {
            ElementBytes elements = ElementBytes.allocate(type, Math.toIntExact(elements(dims)));
            content.writeTo(elements);
            return elements.bytes();
        });
    }

    /** A tensor that is small enough to be held in double precision. */
    NewTensor(String name, List<Long> dims, ElementType type, Supplier<double[]> content) {
        this(name, dims, type, (Content) elements -> elements.put(0, content.get()));
    }

    long bytes() {
        return Math.multiplyExact(elements(dims), (long) TensorCodec.elementSize(dataType));
    }

    private static long elements(List<Long> dims) {
        return dims.stream().reduce(1L, Math::multiplyExact);
    }

    /** The content, little-endian. */
    ByteBuffer encode() {
        return content.get();
    }

    /** The tensor without its content. */
    TensorProto.Builder header() {
        return TensorProto.newBuilder().setName(name).setDataType(dataType).addAllDims(dims);
    }

    TensorProto inline() {
        return header().setRawData(UnsafeByteOperations.unsafeWrap(encode())).build();
    }
}
