package org.rep4j.onnx;

import java.util.List;
import java.util.function.Supplier;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.UnsafeByteOperations;
import org.rep4j.graph.ElementType;

/**
 * An initializer that a fold makes. Its numbers are computed when the model is written, one tensor at a time.
 *
 * @param name of the initializer
 * @param dims its shape
 * @param type its format
 * @param content its elements, in row-major order
 */
record NewTensor(String name, List<Long> dims, ElementType type, Supplier<double[]> content) {

    long bytes() {
        return dims.stream().reduce(1L, Math::multiplyExact) * TensorCodec.elementSize(TensorCodec.dataType(type));
    }

    byte[] encode() {
        return TensorCodec.encode(content.get(), type);
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
