package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/**
 * Arithmetic of shapes as ONNX's shape ops define it. Unknown sizes are negative; two of the same number, −2 or less, are equal to
 * each other.
 */
final class Dims {
    private Dims() {}

    /**
     * The sizes of a shape.
     *
     * @throws Unfoldable if the rank is unknown
     */
    static List<Long> of(Shape shape) throws Unfoldable {
        List<Long> dims = shape.dims();
        if (dims == null) {
            throw new Unfoldable("");
        }
        return dims;
    }

    /**
     * Number of elements of a constant.
     *
     * @throws Unfoldable if a size is unknown, or no array has so many
     */
    static long elements(List<Long> dims) throws Unfoldable {
        long product = product(dims);
        if (product < 0 || product > Integer.MAX_VALUE) {
            throw new Unfoldable("");
        }
        return product;
    }

    /**
     * The product of sizes, unknown if one of them is.
     *
     * @throws Contradiction if it is beyond all bounds
     */
    static long product(List<Long> dims) throws Contradiction {
        if (dims.contains(0L)) {
            return 0;
        }
        long product = 1;
        boolean known = true;
        for (long dim : dims) {
            known &= dim >= 0;
            product = dim < 0 ? product : times(product, dim);
        }
        return known ? product : Shape.UNKNOWN_DIM;
    }

    /** The product of two sizes, unknown if one of them is. */
    static long times(long a, long b) throws Contradiction {
        if (a < 0 || b < 0) {
            return a == 1 ? b : b == 1 ? a : Shape.UNKNOWN_DIM;
        }
        if (b != 0 && a > Long.MAX_VALUE / b) {
            throw new Contradiction("its sizes multiply to more than any tensor has");
        }
        return a * b;
    }

    /** Which of {@code rank} axes {@code axis} is, negative ones counted from the end. */
    static int axis(long axis, int rank) throws Unfoldable {
        long index = axis < 0 ? axis + rank : axis;
        if (index < 0 || index >= rank) {
            throw new Contradiction("it has the axis " + axis + " but works on rank " + rank);
        }
        return (int) index;
    }

    /** The axes of this numbering as a set of indices. */
    static Set<Integer> axes(List<Long> axes, int rank) throws Unfoldable {
        Set<Integer> set = new HashSet<>();
        for (long axis : axes) {
            if (!set.add(axis(axis, rank))) {
                throw new Contradiction("it names the axis " + axis + " twice");
            }
        }
        return set;
    }

    static List<Long> boxed(long... numbers) {
        return LongStream.of(numbers).boxed().toList();
    }

    /** A list with another number at {@code axis}. */
    static List<Long> with(List<Long> dims, int axis, long size) {
        List<Long> changed = new ArrayList<>(dims);
        changed.set(axis, size);
        return changed;
    }

    /** In front of which of {@code rank} axes Flatten splits at {@code axis}: possibly behind the last one. */
    static int split(long axis, int rank) throws Unfoldable {
        return axis == rank ? rank : axis(axis, rank);
    }

    static List<Long> unsqueezed(List<Long> dims, List<Long> axes) throws Unfoldable {
        int rank = dims.size() + axes.size();
        Set<Integer> ones = axes(axes, rank);
        List<Long> result = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < rank; i++) {
            result.add(ones.contains(i) ? 1L : dims.get(next++));
        }
        return result;
    }

    /** Without these axes, which are of one element, or the op fails. */
    static List<Long> squeezed(List<Long> dims, List<Long> axes) throws Unfoldable {
        Set<Integer> gone = axes(axes, dims.size());
        List<Long> result = new ArrayList<>();
        for (int i = 0; i < dims.size(); i++) {
            if (!gone.contains(i)) {
                result.add(dims.get(i));
            } else if (dims.get(i) >= 0 && dims.get(i) != 1) {
                throw new Contradiction(
                        "it removes axis " + i + " of " + new Shape(dims) + ", which has not 1 element");
            }
        }
        return result;
    }

    /** Without all axes of one element: known only where all sizes are. */
    static List<Long> squeezed(List<Long> dims) throws Unfoldable {
        if (dims.stream().anyMatch(d -> d < 0)) {
            throw new Unfoldable("");
        }
        return dims.stream().filter(d -> d != 1).toList();
    }

    /** What two shapes broadcast to: where one has another number of elements than 1, the other has as many or 1. */
    static List<Long> broadcast(List<Long> a, List<Long> b) throws Unfoldable {
        int rank = Math.max(a.size(), b.size());
        List<Long> result = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            long x = i < rank - a.size() ? 1 : a.get(i - rank + a.size());
            long y = i < rank - b.size() ? 1 : b.get(i - rank + b.size());
            if (x >= 0 && y >= 0 && x != y && x != 1 && y != 1) {
                throw new Contradiction(new Shape(a) + " and " + new Shape(b) + " do not broadcast to each other");
            }
            result.add(stretched(x, y));
        }
        return result;
    }

    private static long stretched(long x, long y) {
        if (x == 1 || y == 1) {
            return x == 1 ? y : x;
        }
        return x >= 0 ? x : y >= 0 || x == y ? y : Shape.UNKNOWN_DIM;
    }

    /**
     * What two descriptions of one size say together.
     *
     * @param reason what to say if they differ, with %d for each of them
     * @throws Contradiction if both know it and differ
     */
    static long same(long a, long b, String reason) throws Contradiction {
        if (a >= 0 && b >= 0 && a != b) {
            throw new Contradiction(String.format(reason, a, b));
        }
        return a >= 0 || b == Shape.UNKNOWN_DIM ? a : b;
    }
}
