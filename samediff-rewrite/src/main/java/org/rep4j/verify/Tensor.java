package org.rep4j.verify;

import org.rep4j.graph.Shape;

/** Elements in row-major order, widened to double or long. It owns its array; who builds it hands the array over. */
public final class Tensor {
    private final TensorType type;
    private final Shape shape;
    private final double[] reals;
    private final long[] integers;

    private Tensor(TensorType type, Shape shape, double[] reals, long[] integers) {
        if (shape.elements() != reals.length + integers.length) {
            throw new IllegalArgumentException(
                    reals.length + integers.length + " elements do not fill a tensor of shape " + shape);
        }
        this.type = type;
        this.shape = shape;
        this.reals = reals;
        this.integers = integers;
    }

    /** A tensor of a floating-point type. */
    public static Tensor ofReals(TensorType type, Shape shape, double[] values) {
        if (!type.isFloatingPoint()) {
            throw new IllegalArgumentException(type + " is not a floating-point type");
        }
        return new Tensor(type, shape, values, new long[0]);
    }

    /** A tensor of an integer type, or of booleans as 0 and 1. */
    public static Tensor ofIntegers(TensorType type, Shape shape, long[] values) {
        if (type.isFloatingPoint()) {
            throw new IllegalArgumentException(type + " is not an integer type");
        }
        return new Tensor(type, shape, new double[0], values);
    }

    /** What an element is. */
    public TensorType type() {
        return type;
    }

    /** The sizes, all known. */
    public Shape shape() {
        return shape;
    }

    /** The sizes as an array of its own. */
    long[] dims() {
        long[] dims = new long[shape.rank()];
        for (int axis = 0; axis < dims.length; axis++) {
            dims[axis] = shape.dim(axis);
        }
        return dims;
    }

    /** The elements of a floating-point tensor, empty for others; not a copy. */
    public double[] reals() {
        return reals;
    }

    /** The elements of an integer or boolean tensor, empty for others; not a copy. */
    public long[] integers() {
        return integers;
    }
}
