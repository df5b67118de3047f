package org.rep4j.samediff;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.ElementBytes;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Elements;
import org.rep4j.graph.Shape;
import org.rep4j.graph.TensorData;

/** A constant or variable of a SameDiff graph, or a parameter of a layer: its array, whatever its order and strides. */
public final class NdArrayData implements TensorData {
    private final INDArray array;
    private final ElementType type;

    /** @param array not copied */
    public NdArrayData(INDArray array) {
        this(array, elementType(array.dataType()));
    }

    /**
     * @param array not copied
     * @param type the number format of the variable that holds it
     */
    NdArrayData(INDArray array, ElementType type) {
        this.array = array;
        this.type = type;
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public Shape shape() {
        return Shape.of(array.shape());
    }

    @Override
    public double[] read() {
        return elements(array);
    }

    @Override
    public Elements open() {
        boolean inPlace = type.isFloatingPoint()
                && array.dataType() == dataType(type)
                && array.ordering() == 'c'
                && array.elementWiseStride() == 1
                && !array.isEmpty()
                && !array.isView();
        return inPlace ? bytes(array, type) : TensorData.super.open();
    }

    /** The elements in row-major order, whatever the order in memory. */
    public static double[] elements(INDArray array) {
        return array.isEmpty()
                ? new double[0]
                : array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }

    /** A new array of the given row-major elements. */
    static INDArray array(double[] elements, ElementType type, long... shape) {
        INDArray array = zeros(type, shape);
        bytes(array, type).put(0, elements);
        return array;
    }

    /** A new array of zeros, in row-major order. */
    static INDArray zeros(ElementType type, long... shape) {
        return Nd4j.create(dataType(type), shape, 'c');
    }

    /**
     * The memory of an array, which must be reachable while that is used.
     *
     * @param array contiguous, in row-major order, of the given type
     */
    static ElementBytes bytes(INDArray array, ElementType type) {
        return new ElementBytes(array.data().asNio().order(ByteOrder.nativeOrder()), type);
    }

    /** What the algebra calls a number format of ND4J. */
    public static ElementType elementType(DataType type) {
        return switch (type) {
            case DOUBLE -> ElementType.FLOAT64;
            case FLOAT -> ElementType.FLOAT32;
            case HALF -> ElementType.FLOAT16;
            case BFLOAT16 -> ElementType.BFLOAT16;
            default -> ElementType.OTHER;
        };
    }

    private static DataType dataType(ElementType type) {
        return switch (type) {
            case FLOAT64 -> DataType.DOUBLE;
            case FLOAT32 -> DataType.FLOAT;
            case FLOAT16 -> DataType.FLOAT16;
            case BFLOAT16 -> DataType.BFLOAT16;
            case OTHER -> throw new IllegalArgumentException("no kernel has numbers of this format");
        };
    }

    /** For example {@code FLOAT32[64, 3, 3, 3]}. */
    @Override
    public String toString() {
        return type + Arrays.toString(array.shape());
    }
}
