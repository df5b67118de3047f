package org.rep4j.graph;

/** The elements of a tensor in row-major order, widened to double one by one. Safe to be read by several threads at once. */
@FunctionalInterface
public interface Elements {
    /** The element at {@code index}. */
    double get(int index);

    /** Adds {@code factor} times the elements from {@code start} on to {@code sums}, as many as that has. */
    default void addTo(int start, double factor, double[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += factor * get(start + i);
        }
    }

    /** The largest absolute value of {@code count} elements from {@code start} on; NaN if one is NaN. */
    default double magnitude(int start, int count) {
        double largest = 0;
        for (int i = start; i < start + count; i++) {
            largest = Math.max(largest, Math.abs(get(i))); // Math.max keeps NaN
        }
        return largest;
    }
}
