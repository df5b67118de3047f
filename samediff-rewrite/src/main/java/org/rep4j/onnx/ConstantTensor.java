package org.rep4j.onnx;

import java.util.List;
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.graph.TensorData;

/** A constant of an ONNX model: stored in it, or computed from what is stored. */
sealed interface ConstantTensor extends TensorData permits StoredTensor, ComputedTensor {
    /** ONNX's number for the format of the elements. */
    int dataType();

    /**
     * The elements of a tensor of integers.
     *
     * @throws org.rep4j.graph.InvalidGraphException if it is of another type
     */
    long[] readIntegers();

    /** The same elements under another shape of as many elements. */
    ConstantTensor reshaped(List<Long> dims);

    /** Whether {@link #readNumbers} can tell its elements. */
    default boolean isNumeric() {
        return type().isFloatingPoint() || isInteger() || dataType() == DataType.BOOL_VALUE;
    }

    /** Whether it holds integers, of any width, signed or not. */
    default boolean isInteger() {
        return TensorCodec.isInteger(dataType());
    }

    /**
     * The elements of a {@linkplain #isNumeric() numeric} tensor as doubles, booleans as 0 and 1. Integers beyond 2<sup>53</sup> are rounded: in shape
     * arithmetic they only mean "to the end".
     */
    default double[] readNumbers() {
        if (type().isFloatingPoint()) {
            return read();
        }
        long[] integers = readIntegers();
        double[] numbers = new double[integers.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = integers[i];
        }
        return numbers;
    }
}
