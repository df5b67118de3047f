package org.rep4j.samediff;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.ConvAxis;

/**
 * What strided_slice and slice take out of a tensor, axis by axis, every step being 1.
 *
 * <p>strided_slice has the integer arguments begin mask, ellipsis mask, end mask, mask of new axes, mask of axes to drop; then
 * begins, ends (exclusive) and steps, unless these come as inputs. Negative ones count from the end of the axis; a bit of a mask
 * stands for an open end. slice has begins, then sizes; a size of −1 reaches to the end.
 *
 * @param begin first element of each axis, negative if counted from the end
 * @param end the element behind the last, negative if counted from the end
 * @param open whether the axis is taken to its end
 */
record SliceBounds(List<Long> begin, List<Long> end, List<Boolean> open) {
    private static final int MASKS = 5;

    /** Where an op's parameters are found. */
    @FunctionalInterface
    interface Parameters {
        /**
         * The content of input {@code index}.
         *
         * @throws NotLiftableException if it is not known
         */
        INDArray get(int index, String role) throws NotLiftableException;
    }

    /** Copies the lists. */
    SliceBounds {
        begin = List.copyOf(begin);
        end = List.copyOf(end);
        open = List.copyOf(open);
    }

    /**
     * The bounds of a strided_slice or slice.
     *
     * @param rank of the tensor that is cut
     * @throws NotLiftableException if it adds or drops axes, or steps over elements
     */
    static SliceBounds read(NativeOp op, int rank, Parameters inputs) throws NotLiftableException {
        return op.kind().equals("slice") ? plain(op, rank, inputs) : strided(op, rank, inputs);
    }

    private static SliceBounds strided(NativeOp op, int rank, Parameters inputs) throws NotLiftableException {
        if (op.integers() < MASKS || op.integer(1, 0) != 0 || op.integer(3, 0) != 0 || op.integer(4, 0) != 0) {
            throw new NotLiftableException("it adds or drops axes");
        }
        long[][] parts = parameters(op, MASKS, 3, inputs);
        int axes = parts[0].length;
        if (axes > rank || parts[1].length != axes || parts[2].length != axes) {
            throw new NotLiftableException("its bounds do not fit a tensor of rank " + rank);
        }
        if (Arrays.stream(parts[2]).anyMatch(s -> s != 1)) {
            throw new NotLiftableException("it takes every n-th element only");
        }
        Long[] begin = new Long[rank];
        Long[] end = new Long[rank];
        Boolean[] open = new Boolean[rank];
        for (int i = 0; i < rank; i++) {
            begin[i] = i >= axes || bit(op.integer(0, 0), i) ? 0 : parts[0][i];
            open[i] = i >= axes || bit(op.integer(2, 0), i);
            end[i] = open[i] ? 0 : parts[1][i];
        }
        return new SliceBounds(List.of(begin), List.of(end), List.of(open));
    }

    private static boolean bit(int mask, int axis) {
        return (mask >> axis & 1) != 0;
    }

    private static SliceBounds plain(NativeOp op, int rank, Parameters inputs) throws NotLiftableException {
        long[][] parts = parameters(op, 0, 2, inputs);
        if (parts[0].length != rank || parts[1].length != rank) {
            throw new NotLiftableException("its bounds do not fit a tensor of rank " + rank);
        }
        Long[] end = new Long[rank];
        Boolean[] open = new Boolean[rank];
        for (int i = 0; i < rank; i++) {
            if (parts[0][i] < 0) {
                throw new NotLiftableException("it begins before the first element");
            }
            open[i] = parts[1][i] == -1;
            end[i] = open[i] ? 0 : parts[0][i] + parts[1][i];
        }
        return new SliceBounds(Arrays.stream(parts[0]).boxed().toList(), List.of(end), List.of(open));
    }

    /** {@code count} lists of equal length, from the inputs behind the first or from the integers behind the masks. */
    private static long[][] parameters(NativeOp op, int skipped, int count, Parameters inputs)
            throws NotLiftableException {
        long[][] parts = new long[count][];
        if (op.inputs().size() == count + 1) {
            for (int i = 0; i < count; i++) {
                INDArray array = inputs.get(i + 1, "bounds");
                parts[i] = array.castTo(DataType.INT64).dup('c').data().asLong();
            }
            return parts;
        }
        long[] own = op.arguments();
        int axes = (own.length - skipped) / count;
        if (op.inputs().size() != 1 || own.length != skipped + count * axes) {
            throw new NotLiftableException("its bounds are incomplete");
        }
        for (int i = 0; i < count; i++) {
            parts[i] = Arrays.copyOfRange(own, skipped + i * axes, skipped + (i + 1) * axes);
        }
        return parts;
    }

    /**
     * How many elements are cut off before the first one that stays.
     *
     * @param size of the axis, −1 where unknown
     * @throws NotLiftableException if that depends on a size that is not known, or lies outside the axis
     */
    long cutBefore(int axis, long size) throws NotLiftableException {
        return checked(begin.get(axis) < 0 ? fromEnd(begin.get(axis), size) : begin.get(axis), size);
    }

    /** How many elements are cut off behind the last one that stays; see {@link #cutBefore}. */
    long cutBehind(int axis, long size) throws NotLiftableException {
        if (open.get(axis)) {
            return 0;
        }
        long last = end.get(axis);
        long cut = checked(last < 0 ? -last : fromEnd(-last, size), size);
        if (size >= 0 && cut + cutBefore(axis, size) >= size) {
            throw new NotLiftableException("nothing is left of axis " + axis);
        }
        return cut;
    }

    private static long fromEnd(long position, long size) throws NotLiftableException {
        if (size < 0) {
            throw new NotLiftableException("what it cuts off depends on a size that is not known");
        }
        return size + position;
    }

    private static long checked(long cut, long size) throws NotLiftableException {
        if (cut < 0 || (size >= 0 && cut >= size) || cut > ConvAxis.FURTHEST) {
            throw new NotLiftableException("its bounds lie outside the tensor");
        }
        return cut;
    }
}
