package org.rep4j.graph;

/** The elements of a tensor in row-major order, widened to double one by one. Safe to be read by several threads at once. */
@FunctionalInterface
public interface Elements {
    /** The element at {@code index}. */
    double get(int index);

    /**
     * Adds {@code factor} times {@code count} elements from {@code start} on to numbers that lie {@code step} apart.
     *
     * @param sums what is added to
     * @param first where the first element goes
     */
    default void addTo(int start, int count, double factor, double[] sums, int first, int step) {
        for (int i = 0; i < count; i++) {
            sums[first + i * step] += factor * get(start + i);
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
