package org.rep4j.verify;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.Shape;

/** Tensors as arrays of ND4J, and back: for the runners of what ND4J computes. */
public final class TensorArrays {
    private TensorArrays() {}

    /**
     * What the elements of an array are.
     *
     * @param name of the value, for the message
     * @throws VerificationException if elements of this type cannot be made up or compared
     */
    public static TensorType type(String name, DataType type) {
        return switch (type) {
            case HALF -> TensorType.FLOAT16;
            case BFLOAT16 -> TensorType.BFLOAT16;
            case FLOAT -> TensorType.FLOAT32;
            case DOUBLE -> TensorType.FLOAT64;
            case BYTE -> TensorType.INT8;
            case SHORT -> TensorType.INT16;
            case INT -> TensorType.INT32;
            case LONG -> TensorType.INT64;
            case UBYTE -> TensorType.UINT8;
            case BOOL -> TensorType.BOOL;
            default ->
                throw new VerificationException("elements of " + name + " are " + type + ", which cannot be compared");
        };
    }

    private static DataType nativeType(TensorType type) {
        return switch (type) {
            case FLOAT16 -> DataType.FLOAT16;
            case BFLOAT16 -> DataType.BFLOAT16;
            case FLOAT32 -> DataType.FLOAT;
            case FLOAT64 -> DataType.DOUBLE;
            case INT8 -> DataType.INT8;
            case INT16 -> DataType.INT16;
            case INT32 -> DataType.INT32;
            case INT64 -> DataType.INT64;
            case UINT8 -> DataType.UINT8;
            case BOOL -> DataType.BOOL;
        };
    }

    /** The tensor as a new array. */
    public static INDArray array(Tensor tensor) {
        INDArray array = tensor.type().isFloatingPoint()
                ? Nd4j.createFromArray(tensor.reals())
                : Nd4j.createFromArray(tensor.integers());
        return array.castTo(nativeType(tensor.type())).reshape(tensor.dims());
    }

    /**
     * The array as a tensor of its own.
     *
     * @param name of the value, for the message
     * @throws VerificationException if elements of this type cannot be compared
     */
    public static Tensor tensor(String name, INDArray array) {
        TensorType type = type(name, array.dataType());
        Shape shape = Shape.of(array.shape());
        if (array.isEmpty()) { // it has no memory to read from
            return type.isFloatingPoint()
                    ? Tensor.ofReals(type, shape, new double[0])
                    : Tensor.ofIntegers(type, shape, new long[0]);
        }
        return type.isFloatingPoint()
                ? Tensor.ofReals(
                        type,
                        shape,
                        array.castTo(DataType.DOUBLE).dup('c').data().asDouble())
                : Tensor.ofIntegers(
                        type,
                        shape,
                        array.castTo(DataType.INT64).dup('c').data().asLong());
    }
}
