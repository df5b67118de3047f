package org.rep4j.onnx;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    /** The elements as bytes, if they are of a type that can be converted. */
    default Optional<OnnxTensor> content() {
        return OnnxType.of(dataType()).map(type -> new OnnxTensor(type, dims(), () -> encode(type)));
    }

    private List<Long> dims() {
        return Objects.requireNonNull(shape().dims(), "a constant has a shape");
    }

    /** The elements in row-major order, little-endian. */
    ByteBuffer encode(OnnxType type);

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
