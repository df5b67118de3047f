package org.rep4j.onnx;

import java.util.List;

/** A view of an array: element {@code (i₀, i₁, …)} is at {@code offset + Σ iₖ · strides[k]}. */
record Strided(double[] source, int offset, long[] dims, long[] strides) {

    /** The distances between neighbours of a row-major tensor, axis by axis. */
    static long[] rowMajor(List<Long> dims) {
        long[] strides = new long[dims.size()];
        long stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims.get(i);
        }
        return strides;
    }

    /** Row-major {@code source} of shape {@code from}, repeated to fill {@code to}, a shape that it broadcasts to. */
    static Strided broadcast(double[] source, List<Long> from, List<Long> to) {
        long[] own = rowMajor(from);
        long[] strides = new long[to.size()];
        for (int i = 0; i < own.length; i++) {
            strides[i + strides.length - own.length] = from.get(i) == 1 ? 0 : own[i];
        }
        return new Strided(source, 0, array(to), strides);
    }

    static long[] array(List<Long> dims) {
        return dims.stream().mapToLong(Long::longValue).toArray();
    }

    /** The elements in row-major order. */
    double[] copy() {
        long count = 1;
        for (long dim : dims) {
            count *= dim;
        }
        double[] result = new double[(int) count];
        long[] index = new long[dims.length];
        long position = offset;
        for (int i = 0; i < result.length; i++) {
            result[i] = source[(int) position];
            for (int axis = dims.length - 1; axis >= 0; axis--) {
                position += strides[axis];
                if (++index[axis] < dims[axis]) {
                    break;
                }
                position -= dims[axis] * strides[axis];
                index[axis] = 0;
            }
        }
        return result;
    }
}
