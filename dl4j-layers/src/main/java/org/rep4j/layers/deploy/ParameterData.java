package org.rep4j.layers.deploy;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Shape;
import org.rep4j.graph.TensorData;

/** A parameter of a layer, read when it is asked for. */
final class ParameterData implements TensorData {
    private final INDArray array;

    /** @param array in the order in which it is to be read; may be a view */
    ParameterData(INDArray array) {
        this.array = array;
    }

    @Override
    public ElementType type() {
        return type(array.dataType());
    }

    static ElementType type(DataType type) {
        return switch (type) {
            case FLOAT -> ElementType.FLOAT32;
            case DOUBLE -> ElementType.FLOAT64;
            case HALF -> ElementType.FLOAT16;
            case BFLOAT16 -> ElementType.BFLOAT16;
            default -> ElementType.OTHER;
        };
    }

    @Override
    public Shape shape() {
        return Shape.of(array.shape());
    }

    @Override
    public double[] read() {
        return elements(array);
    }

    /** The elements, row-major. */
    static double[] elements(INDArray array) {
        return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }
}
