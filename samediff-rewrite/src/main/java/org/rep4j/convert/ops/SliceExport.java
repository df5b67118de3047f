package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NotConvertibleException;

/** SameDiff's slices as ONNX has them. */
final class SliceExport {
    private static final int MASKS = 5;

    private final List<Long> axes = new ArrayList<>();
    private final List<Long> starts = new ArrayList<>();
    private final List<Long> ends = new ArrayList<>();
    private final List<Long> steps = new ArrayList<>();
    private final List<Long> dropped = new ArrayList<>();
    private final List<Long> added = new ArrayList<>();

    private SliceExport() {}

    /** Writes a slice of which the first index and the size are said for each axis, −1 for all that is left. */
    static void plain(ExportedOp op) throws NotConvertibleException {
        long[] arguments = op.integers();
        if (op.count() > 1) {
            long[] begin = op.integers(1).orElseThrow(() -> op.unsupported("where it starts is computed"));
            long[] sizes = op.integers(2).orElseThrow(() -> op.unsupported("its sizes are computed"));
            arguments = Arrays.copyOf(begin, begin.length + sizes.length);
            System.arraycopy(sizes, 0, arguments, begin.length, sizes.length);
        }
        int rank = arguments.length / 2;
        SliceExport slice = new SliceExport();
        for (int axis = 0; axis < rank; axis++) {
            long begin = arguments[axis];
            long size = arguments[rank + axis];
            slice.cut(axis, begin, size < 0 ? Long.MAX_VALUE : begin + size, 1);
        }
        slice.write(op);
    }

    /** Writes a slice with steps, and masks whose bits stand for positions of its lists. */
    static void strided(ExportedOp op) throws NotConvertibleException {
        long[] arguments = op.integers();
        if (arguments.length > MASKS) {
            int count = (arguments.length - MASKS) / 3;
            long[] lists = Arrays.copyOfRange(arguments, MASKS, arguments.length);
            strided(
                    op,
                    Arrays.copyOf(lists, count),
                    Arrays.copyOfRange(lists, count, 2 * count),
                    Arrays.copyOfRange(lists, 2 * count, 3 * count));
            return;
        }
        Optional<long[]> begin = op.integers(1);
        Optional<long[]> end = op.integers(2);
        Optional<long[]> stride = op.count() > 3 ? op.integers(3) : begin.map(b -> SliceOps.ones(b.length));
        if (begin.isPresent() && end.isPresent() && stride.isPresent()) {
            strided(op, begin.get(), end.get(), stride.get());
        } else {
            computed(op);
        }
    }

    private static void computed(ExportedOp op) throws NotConvertibleException {
        long count = Math.max(op.shape(op.in(1)).dim(0), op.shape(op.in(2)).dim(0));
        if (Arrays.stream(op.integers()).anyMatch(mask -> mask != 0) || count < 0) {
            throw op.unsupported("its bounds are computed");
        }
        long[] axes = new long[Math.toIntExact(count)];
        Arrays.setAll(axes, i -> i);
        String steps = op.count() > 3 ? ShapeExport.longs(op, 3) : op.vector(SliceOps.ones(axes.length));
        op.node("Slice")
                .reads(op.in(0), ShapeExport.longs(op, 1), ShapeExport.longs(op, 2), op.vector(axes), steps)
                .writes(0);
    }

    private static void strided(ExportedOp op, long[] begin, long[] end, long... stride)
            throws NotConvertibleException {
        int ellipsis = op.integer(1, 0);
        int fresh = op.integer(3, 0) & ~ellipsis;
        int shrunk = op.integer(4, 0) & ~ellipsis & ~fresh;
        int taken = begin.length - Integer.bitCount(ellipsis) - Integer.bitCount(fresh);
        int skipped = ellipsis == 0 ? 0 : op.rank(0) - taken;
        SliceExport slice = new SliceExport();
        int axis = 0;
        int place = 0; // axis of the result, were none dropped
        for (int i = 0; i < begin.length; i++) {
            int bit = 1 << i;
            if ((ellipsis & bit) != 0) {
                axis += skipped;
                place += skipped;
            } else if ((fresh & bit) != 0) {
                slice.added.add((long) place);
                place++;
            } else {
                if ((shrunk & bit) != 0) {
                    slice.cut(axis, begin[i], begin[i] == -1 ? Long.MAX_VALUE : begin[i] + 1, 1);
                    slice.dropped.add((long) axis);
                    place--;
                } else {
                    boolean back = stride[i] < 0;
                    boolean first = (op.integer(0, 0) & bit) != 0;
                    boolean last = (op.integer(2, 0) & bit) != 0;
                    slice.cut(
                            axis,
                            first ? (back ? Long.MAX_VALUE : 0) : begin[i],
                            last ? (back ? Long.MIN_VALUE : Long.MAX_VALUE) : end[i],
                            stride[i]);
                }
                axis++;
                place++;
            }
        }
        slice.write(op);
    }

    private void cut(long axis, long start, long end, long step) {
        axes.add(axis);
        starts.add(start);
        ends.add(end);
        steps.add(step);
    }

    private void write(ExportedOp op) throws NotConvertibleException {
        String value = op.in(0);
        if (!axes.isEmpty()) {
            value = op.node("Slice")
                    .reads(value, vector(op, starts), vector(op, ends), vector(op, axes), vector(op, steps))
                    .value();
        }
        if (!dropped.isEmpty()) {
            value = op.node("Squeeze").reads(value, vector(op, dropped)).value();
        }
        if (!added.isEmpty()) {
            value = op.node("Unsqueeze").reads(value, vector(op, added)).value();
        }
        op.node("Identity").reads(value).writes(0);
    }

    private static String vector(ExportedOp op, List<Long> list) {
        return op.vector(list.stream().mapToLong(v -> v).toArray());
    }
}
