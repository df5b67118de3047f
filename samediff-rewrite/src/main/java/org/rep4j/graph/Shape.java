package org.rep4j.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A tensor's shape, as far as it is known: the rank may be unknown, and any dimension (−1).
 *
 * @param dims the sizes, outermost first, −1 where unknown; null if not even the rank is known
 */
public record Shape(@Nullable List<Long> dims) {
    /** A dimension whose size is not known. */
    public static final long UNKNOWN_DIM = -1;

    private static final Shape UNKNOWN = new Shape(null);

    /** Copies the list. */
    public Shape {
        dims = dims == null ? null : List.copyOf(dims);
    }

    /** The shape of which nothing is known. */
    public static Shape unknown() {
        return UNKNOWN;
    }

    /** A shape of known rank; −1 for sizes that are unknown. */
    public static Shape of(long... dims) {
        return new Shape(Arrays.stream(dims).boxed().toList());
    }

    /** A shape of which only the rank is known. */
    public static Shape ofRank(int rank) {
        long[] dims = new long[rank];
        Arrays.fill(dims, UNKNOWN_DIM);
        return of(dims);
    }

    /** Number of dimensions, −1 if unknown. */
    public int rank() {
        return dims == null ? -1 : dims.size();
    }

    /** Size on {@code axis}, counted from the end if negative; −1 if unknown or there is no such axis. */
    public long dim(int axis) {
        if (dims == null) {
            return UNKNOWN_DIM;
        }
        int index = axis < 0 ? axis + dims.size() : axis;
        return index < 0 || index >= dims.size() ? UNKNOWN_DIM : dims.get(index);
    }

    /** This shape with another size on {@code axis}; unchanged where the rank is unknown. */
    public Shape withDim(int axis, long size) {
        if (dims == null) {
            return this;
        }
        List<Long> changed = new ArrayList<>(dims);
        changed.set(axis < 0 ? axis + dims.size() : axis, size);
        return new Shape(changed);
    }

    /** Whether each dimension is known. */
    public boolean isFullyKnown() {
        return dims != null && dims.stream().allMatch(d -> d >= 0);
    }

    /**
     * Number of elements.
     *
     * @throws IllegalStateException if a dimension is unknown
     * @throws ArithmeticException if it exceeds a long
     */
    public long elements() {
        if (dims == null || !isFullyKnown()) {
            throw new IllegalStateException("the shape " + this + " is not fully known");
        }
        return dims.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }

    /** For example {@code [?,64,56,56]}, or {@code [...]} if the rank is unknown. */
    @Override
    public String toString() {
        return dims == null
                ? "[...]"
                : dims.stream().map(d -> d < 0 ? "?" : d.toString()).collect(Collectors.joining(",", "[", "]"));
    }
}
