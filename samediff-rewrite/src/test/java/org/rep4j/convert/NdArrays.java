package org.rep4j.convert;

import java.util.Arrays;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.testing.TypedTensor;

/** ND4J's arrays of ONNX's tensors, and back. */
final class NdArrays {
    private NdArrays() {}

    /** The array of the same type, shape and elements. */
    static INDArray of(TypedTensor tensor) {
        DataType type = type(tensor.type());
        if (Arrays.stream(tensor.dims()).anyMatch(dim -> dim == 0)) {
            return Nd4j.create(type, tensor.dims());
        }
        INDArray wide = TypedTensor.isReal(tensor.type())
                ? Nd4j.createFromArray(tensor.reals())
                : Nd4j.createFromArray(tensor.integers());
        return wide.castTo(type).reshape('c', tensor.dims());
    }

    /** The tensor of the same type, shape and elements. */
    static TypedTensor toTensor(INDArray array) {
        TensorProto.DataType type = type(array.dataType());
        long[] dims = array.shape();
        if (array.isEmpty()) {
            return new TypedTensor(type, dims, new double[0], new long[0]);
        }
        return TypedTensor.isReal(type)
                ? new TypedTensor(
                        type,
                        dims,
                        array.castTo(DataType.DOUBLE).dup('c').data().asDouble(),
                        new long[0])
                : new TypedTensor(
                        type,
                        dims,
                        new double[0],
                        array.castTo(DataType.INT64).dup('c').data().asLong());
    }

    private static DataType type(TensorProto.DataType type) {
        return switch (type) {
            case FLOAT16 -> DataType.FLOAT16;
            case BFLOAT16 -> DataType.BFLOAT16;
            case FLOAT -> DataType.FLOAT;
            case DOUBLE -> DataType.DOUBLE;
            case INT8 -> DataType.INT8;
            case INT16 -> DataType.INT16;
            case INT32 -> DataType.INT32;
            case INT64 -> DataType.INT64;
            case UINT8 -> DataType.UINT8;
            case UINT16 -> DataType.UINT16;
            case UINT32 -> DataType.UINT32;
            case UINT64 -> DataType.UINT64;
            case BOOL -> DataType.BOOL;
            default -> throw new UnsupportedOperationException("ND4J has no elements of type " + type);
        };
    }

    private static TensorProto.DataType type(DataType type) {
        return switch (type) {
            case HALF -> TensorProto.DataType.FLOAT16;
            case BFLOAT16 -> TensorProto.DataType.BFLOAT16;
            case FLOAT -> TensorProto.DataType.FLOAT;
            case DOUBLE -> TensorProto.DataType.DOUBLE;
            case BYTE -> TensorProto.DataType.INT8;
            case SHORT -> TensorProto.DataType.INT16;
            case INT -> TensorProto.DataType.INT32;
            case LONG -> TensorProto.DataType.INT64;
            case UBYTE -> TensorProto.DataType.UINT8;
            case UINT16 -> TensorProto.DataType.UINT16;
            case UINT32 -> TensorProto.DataType.UINT32;
            case UINT64 -> TensorProto.DataType.UINT64;
            case BOOL -> TensorProto.DataType.BOOL;
            default -> throw new UnsupportedOperationException("ONNX has no elements of type " + type);
        };
    }
}
