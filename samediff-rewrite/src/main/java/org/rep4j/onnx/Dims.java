package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.rep4j.onnx.OpReader.Unfoldable;

/** Arithmetic of shapes, fully known ones if nothing else is said, as ONNX's shape ops define it. */
final class Dims {
    private Dims() {}

    /**
     * Number of elements.
     *
     * @throws Unfoldable if no tensor has so many
     */
    static long elements(List<Long> dims) throws Unfoldable {
        long product = 1;
        for (long dim : dims) {
            if (dim < 0 || (dim != 0 && product > Integer.MAX_VALUE / dim)) {
                throw new Unfoldable("");
            }
            product *= dim;
        }
        return product;
    }

    /** Which of {@code rank} axes {@code axis} is, negative ones counted from the end. */
    static int axis(long axis, int rank) throws Unfoldable {
        long index = axis < 0 ? axis + rank : axis;
        if (index < 0 || index >= rank) {
            throw new Unfoldable("");
        }
        return (int) index;
    }

    /** The axes of this numbering as a set of indices. */
    static Set<Integer> axes(List<Long> axes, int rank) throws Unfoldable {
        Set<Integer> set = new HashSet<>();
        for (long axis : axes) {
            if (!set.add(axis(axis, rank))) {
                throw new Unfoldable("");
            }
        }
        return set;
    }

    /** Reshape to {@code target}, in which 0 keeps a size and −1 takes what is left. */
    static List<Long> reshaped(List<Long> dims, long[] target) throws Unfoldable {
        List<Long> result = new ArrayList<>();
        int open = -1;
        for (int i = 0; i < target.length; i++) {
            long dim = target[i];
            if ((dim == 0 && i >= dims.size()) || dim < -1 || (dim == -1 && open >= 0)) {
                throw new Unfoldable("");
            }
            open = dim == -1 ? i : open;
            result.add(dim == 0 ? dims.get(i) : dim == -1 ? 1 : dim);
        }
        long elements = elements(dims);
        if (open >= 0 && elements(result) > 0) {
            result.set(open, elements / elements(result));
        }
        if (elements(result) != elements) {
            throw new Unfoldable("");
        }
        return result;
    }

    /** In front of which of {@code rank} axes Flatten splits at {@code axis}: possibly behind the last one. */
    static int split(long axis, int rank) throws Unfoldable {
        return axis == rank ? rank : axis(axis, rank);
    }

    /** Also of unknown sizes (−1). */
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

    /** Also of unknown sizes (−1): those that go are 1, or the op fails. */
    static List<Long> squeezed(List<Long> dims, List<Long> axes) throws Unfoldable {
        Set<Integer> gone = axes(axes, dims.size());
        List<Long> result = new ArrayList<>();
        for (int i = 0; i < dims.size(); i++) {
            if (!gone.contains(i)) {
                result.add(dims.get(i));
            } else if (dims.get(i) >= 0 && dims.get(i) != 1) {
                throw new Unfoldable("");
            }
        }
        return result;
    }

    /** What two shapes broadcast to. */
    static List<Long> broadcast(List<Long> a, List<Long> b) throws Unfoldable {
        int rank = Math.max(a.size(), b.size());
        List<Long> result = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            long x = i < rank - a.size() ? 1 : a.get(i - rank + a.size());
            long y = i < rank - b.size() ? 1 : b.get(i - rank + b.size());
            if (x != y && x != 1 && y != 1) {
                throw new Unfoldable("");
            }
            result.add(x == 1 ? y : x);
        }
        return result;
    }
}
