package org.rep4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.rep4j.graph.Layout;

/**
 * A dense row-major array of doubles.
 *
 * @param dims sizes, outermost first
 * @param data the elements
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of arrays; never compared
public record Tensor(int[] dims, double[] data) {

    /** A tensor of zeros. */
    public static Tensor zeros(int... dims) {
        return new Tensor(dims, new double[Arrays.stream(dims).reduce(1, Math::multiplyExact)]);
    }

    /** A tensor of normally distributed numbers. */
    public static Tensor random(Random random, int... dims) {
        Tensor tensor = zeros(dims);
        Arrays.setAll(tensor.data, i -> random.nextGaussian());
        return tensor;
    }

    /** The largest absolute value. */
    public double largest() {
        return Arrays.stream(data).map(Math::abs).max().orElse(0);
    }

    /** The sizes as ONNX has them. */
    public long[] longDims() {
        return Arrays.stream(dims).asLongStream().toArray();
    }

    /** Fails unless sizes agree and no element is further from {@code expected} than {@code tolerance} · its largest. */
    public void assertCloseTo(Tensor expected, double tolerance, String what) {
        assertThat(dims).as("sizes of %s", what).isEqualTo(expected.dims);
        double difference = 0;
        for (int i = 0; i < data.length; i++) {
            difference = Math.max(difference, Math.abs(data[i] - expected.data[i])); // Math.max keeps NaN
        }
        assertThat(difference)
                .as("largest difference of %s, whose largest element is %s", what, expected.largest())
                .isLessThanOrEqualTo(tolerance * expected.largest());
    }

    /** The element at {@code index}. */
    public double at(int... index) {
        return data[offset(index)];
    }

    /** Changes the element at {@code index}. */
    public void set(int[] index, double value) {
        data[offset(index)] = value;
    }

    /** Adds to the element at {@code index}. */
    public void add(int[] index, double summand) {
        data[offset(index)] += summand;
    }

    private int offset(int[] index) {
        int offset = 0;
        for (int i = 0; i < dims.length; i++) {
            if (index[i] < 0 || index[i] >= dims[i]) {
                throw new IndexOutOfBoundsException(Arrays.toString(index) + " of " + Arrays.toString(dims));
            }
            offset = offset * dims[i] + index[i];
        }
        return offset;
    }

    /** Calls {@code action} with every index below {@code sizes}; the array is reused. */
    public static void forEachIndex(int[] sizes, Consumer<int[]> action) {
        int[] index = new int[sizes.length];
        long count = Arrays.stream(sizes).asLongStream().reduce(1, Math::multiplyExact);
        for (long n = 0; n < count; n++) {
            action.accept(index);
            for (int axis = sizes.length - 1; axis >= 0 && ++index[axis] == sizes[axis]; axis--) {
                index[axis] = 0;
            }
        }
    }

    /** The tensor with axis {@code order[i]} as its axis i. */
    public Tensor transposed(int... order) {
        Tensor result = zeros(IntStream.of(order).map(axis -> dims[axis]).toArray());
        forEachIndex(result.dims, index -> {
            int[] source = new int[order.length];
            for (int i = 0; i < order.length; i++) {
                source[order[i]] = index[i];
            }
            result.set(index, at(source));
        });
        return result;
    }

    /** From {@code layout} to channels first. */
    Tensor channelsFirst(Layout layout) {
        int rank = dims.length;
        return layout == Layout.CHANNELS_FIRST
                ? this
                : transposed(IntStream.range(0, rank)
                        .map(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1)
                        .toArray());
    }

    /** From channels first to {@code layout}. */
    Tensor to(Layout layout) {
        int rank = dims.length;
        return layout == Layout.CHANNELS_FIRST
                ? this
                : transposed(IntStream.range(0, rank)
                        .map(i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1)
                        .toArray());
    }
}
