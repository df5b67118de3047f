package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.rep4j.onnx.OpReader.Unfoldable;

/** What a Slice keeps, axis by axis, as its attributes (up to opset 9) or inputs have it. */
final class SliceRanges {
    /** Slices that end here or further mean "to the end". */
    static final long BEYOND_ANY_SIZE = Integer.MAX_VALUE;

    private SliceRanges() {}

    /**
     * @param axis index, not negative
     * @param start first element that is kept, counted from the end if negative
     * @param end the element to stop at, likewise; beyond the axis for "all the rest"
     * @param step distance of what is kept
     */
    record Range(int axis, long start, long end, long step) {
        /** Whether it is the whole axis, whatever its size. */
        boolean keepsAll() {
            return start == 0 && end >= BEYOND_ANY_SIZE && step == 1;
        }

        /** The first element for an axis of {@code size} elements. */
        long first(long size) {
            long index = start < 0 ? start + size : start;
            return Math.max(0, Math.min(index, step > 0 ? size : size - 1));
        }

        /** Number of elements that are kept of {@code size}. */
        long count(long size) {
            long index = end < 0 ? end + size : end;
            long stop = step > 0 ? Math.max(0, Math.min(index, size)) : Math.max(-1, Math.min(index, size - 1));
            long distance = step > 0 ? stop - first(size) : first(size) - stop;
            long stride = Math.abs(step);
            return distance <= 0 ? 0 : (distance - 1) / stride + 1;
        }
    }

    /**
     * The ranges of a Slice.
     *
     * @param rank of what is sliced
     * @throws Unfoldable if they are not constant or contradict each other
     */
    static List<Range> read(OpCall slice, int rank) throws Unfoldable {
        long[] starts = required(slice.integers("starts", 1));
        long[] ends = required(slice.integers("ends", 2));
        long[] axes = slice.integers("axes", 3)
                .orElseGet(() -> LongStream.range(0, starts.length).toArray());
        long[] steps = slice.has(4)
                ? slice.integers(4)
                : LongStream.generate(() -> 1).limit(starts.length).toArray();
        if (ends.length != starts.length || axes.length != starts.length || steps.length != starts.length) {
            throw new Contradiction("it has " + starts.length + " starts, " + ends.length + " ends, " + axes.length
                    + " axes and " + steps.length + " steps");
        }
        Dims.axes(Dims.boxed(axes), rank);
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < starts.length; i++) {
            if (steps[i] == 0 || steps[i] == Long.MIN_VALUE) {
                throw new Contradiction("it has the step " + steps[i]);
            }
            ranges.add(new Range(Dims.axis(axes[i], rank), starts[i], ends[i], steps[i]));
        }
        return ranges;
    }

    private static long[] required(Optional<long[]> list) throws Unfoldable {
        return list.orElseThrow(() -> new Unfoldable(""));
    }
}
