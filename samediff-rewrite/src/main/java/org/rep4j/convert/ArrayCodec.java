package org.rep4j.convert;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.onnx.OnnxTensor;
import org.rep4j.onnx.OnnxType;

/** ONNX tensors as ND4J arrays and back, byte for byte. */
final class ArrayCodec {
    private ArrayCodec() {}

    /** ND4J's name for a format. */
    static DataType dataType(OnnxType type) {
        return switch (type) {
            case FLOAT -> DataType.FLOAT;
            case DOUBLE -> DataType.DOUBLE;
            case FLOAT16 -> DataType.HALF;
            case BFLOAT16 -> DataType.BFLOAT16;
            case INT8 -> DataType.BYTE;
            case INT16 -> DataType.SHORT;
            case INT32 -> DataType.INT;
            case INT64 -> DataType.LONG;
            case UINT8 -> DataType.UBYTE;
            case UINT16 -> DataType.UINT16;
            case UINT32 -> DataType.UINT32;
            case UINT64 -> DataType.UINT64;
            case BOOL -> DataType.BOOL;
        };
    }

    /** ONNX's name for a format; empty for texts. */
    static Optional<OnnxType> onnxType(DataType type) {
        for (OnnxType candidate : OnnxType.values()) {
            if (dataType(candidate) == type) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /**
     * A new array, in row-major order, with the content of a tensor.
     *
     * @param name of the tensor, for the error message
     * @throws InvalidGraphException if it is larger than 2 GB
     */
    static INDArray array(String name, OnnxTensor tensor) {
        DataType type = dataType(tensor.type());
        long[] shape = tensor.dims().stream().mapToLong(d -> d).toArray();
        if (tensor.elements() == 0) {
            return Nd4j.empty(type).reshape(shape);
        }
        refuseTooLarge(name, tensor);
        INDArray array = Nd4j.createUninitialized(type, shape, 'c');
        memory(array).put(tensor.content().get());
        return array;
    }

    /**
     * The content of an array, which is read when it is asked for.
     *
     * @param name of the array, for the error message
     * @throws InvalidGraphException if it is larger than 2 GB
     */
    static OnnxTensor tensor(String name, INDArray array, OnnxType type) {
        OnnxTensor tensor = new OnnxTensor(type, dims(array), () -> bytes(array, type));
        refuseTooLarge(name, tensor);
        return tensor;
    }

    /** Buffers of the JVM hold no more. */
    private static void refuseTooLarge(String name, OnnxTensor tensor) {
        if (tensor.elements() > Integer.MAX_VALUE / tensor.type().bytes()) {
            throw new InvalidGraphException("the constant " + name + " of shape " + tensor.dims()
                    + " is larger than the 2 GB that can be converted: split it");
        }
    }

    /** The elements in row-major order, as integers. */
    static long[] integers(INDArray array) {
        return array.isEmpty()
                ? new long[0]
                : array.castTo(DataType.LONG).dup('c').data().asLong();
    }

    private static List<Long> dims(INDArray array) {
        return Arrays.stream(array.shape()).boxed().toList();
    }

    private static ByteBuffer bytes(INDArray array, OnnxType type) {
        if (array.isEmpty()) {
            return ByteBuffer.allocate(0);
        }
        INDArray contiguous = array.dup('c');
        ByteBuffer source = memory(contiguous);
        byte[] copy = new byte[Math.toIntExact(contiguous.length() * type.bytes())];
        source.get(copy);
        contiguous.close();
        return ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The memory of a contiguous array, which must be reachable while that is used. */
    private static ByteBuffer memory(INDArray array) {
        return array.data().asNio().order(ByteOrder.nativeOrder());
    }
}
