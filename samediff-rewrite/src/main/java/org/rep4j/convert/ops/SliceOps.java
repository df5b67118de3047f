package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.shape.StridedSlice;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.graph.Shape;

/** Slices: ranges of each axis. */
public final class SliceOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.of("Slice", SliceOps::slice);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.of("strided_slice", SliceExport::strided, "slice", SliceExport::plain);
    }

    private static List<SDVariable> slice(ImportedOp op) throws NotConvertibleException {
        for (int input = 1; input < op.count(); input++) {
            if (op.has(input) && op.integers(input).isEmpty()) {
                return ImportedOp.result(ComputedSlice.write(op));
            }
        }
        long[] starts = op.integers("starts", 1).orElseThrow(() -> op.invalid("lacks where to start"));
        long[] ends = op.integers("ends", 2).orElseThrow(() -> op.invalid("lacks where to end"));
        int rank = op.rank(0);
        Optional<long[]> given = op.integers("axes", 3);
        int[] axes = given.isPresent()
                ? Arrays.stream(given.get()).mapToInt(a -> op.axis(a, rank)).toArray()
                : IntStream.range(0, starts.length).toArray();
        long[] steps = op.integers("steps", 4).orElseGet(() -> ones(starts.length));
        boolean lists = ends.length == starts.length && axes.length == starts.length && steps.length == starts.length;
        if (!lists || axes.length > rank || Arrays.stream(axes).distinct().count() < axes.length) {
            throw op.invalid("slices " + axes.length + " axes from " + starts.length + " starts to " + ends.length
                    + " ends with " + steps.length + " steps");
        }
        if (Arrays.stream(steps).anyMatch(s -> s == 0)) {
            throw op.invalid("slices with a step of 0");
        }
        Shape result = op.outputShape(0);
        if (result.isFullyKnown() && result.elements() == 0) { // strided_slice may write behind the end of such arrays
            DataType type = op.in(0).dataType();
            long[] dims = IntStream.range(0, rank).mapToLong(result::dim).toArray();
            SDVariable nothing = op.graph().fill(op.vector(dims), type == DataType.BOOL ? DataType.BYTE : type, 0);
            return ImportedOp.result(Elements.as(nothing, type));
        }
        return ImportedOp.result(slice(op, starts, ends, axes, steps));
    }

    /** Backwards means: turn the axis around, and walk forwards from the same index counted from the other end. */
    private static SDVariable slice(ImportedOp op, long[] starts, long[] ends, int[] axes, long... steps)
            throws NotConvertibleException {
        int rank = op.shape(0).rank();
        long[] begin = new long[rank];
        long[] end = new long[rank];
        long[] stride = ones(rank);
        int open = 0;
        for (int axis = 0; axis < rank; axis++) {
            end[axis] = Math.max(0, op.shape(0).dim(axis));
            open |= op.shape(0).dim(axis) < 0 ? 1 << axis : 0;
        }
        List<Integer> turned = new ArrayList<>();
        for (int i = 0; i < axes.length; i++) {
            int axis = axes[i];
            boolean back = steps[i] < 0;
            if (back) {
                turned.add(axis);
            }
            // -1 - i is index i counted from the other end, whether i itself is counted from the end or not
            Range range = new Range(back ? -1 - starts[i] : starts[i], back ? -1 - ends[i] : ends[i])
                    .within(op.shape(0).dim(axis), back);
            begin[axis] = range.start();
            end[axis] = range.end();
            stride[axis] = Math.min(back ? -Math.max(steps[i], -Integer.MAX_VALUE) : steps[i], Integer.MAX_VALUE);
            boolean mayBeEmpty = op.shape(0).dim(axis) < 0
                    ? range.start() > 0 || range.end() < Integer.MAX_VALUE
                    : range.start() >= range.end();
            if (mayBeEmpty) { // libnd4j writes behind the end of what keeps nothing then
                return ComputedSlice.write(op);
            }
        }
        boolean all = isAll(op, begin, end, stride);
        if (rank == 1 && open != 0 && !all) { // of a vector libnd4j may leave no axis
            return ComputedSlice.write(op);
        }
        SDVariable x = op.in(0);
        if (!turned.isEmpty()) {
            x = op.graph().reverse(x, turned.stream().mapToInt(a -> a).toArray());
        }
        if (all) {
            return x;
        }
        return new StridedSlice(op.graph(), x, begin, end, stride, 0, open, 0, 0, 0).outputVariable();
    }

    private static boolean isAll(ImportedOp op, long[] begin, long[] end, long... stride) {
        return IntStream.range(0, begin.length)
                .allMatch(axis -> begin[axis] == 0
                        && stride[axis] == 1
                        && (op.shape(0).dim(axis) < 0
                                || end[axis] == op.shape(0).dim(axis)));
    }

    static long[] ones(int count) {
        long[] ones = new long[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Where a slice that goes forwards starts, and before which index it ends; negative ones count from the end. */
    private record Range(long start, long end) {
        /**
         * The range of an axis: without negative indices and those beyond its end, where its size is known.
         *
         * @param turned whether it is a range of an axis that was turned around: ONNX starts at an element then, in any case
         */
        Range within(long size, boolean turned) {
            if (size < 0) { // libnd4j has no more than 32 bits for them
                return new Range(narrow(start), narrow(end));
            }
            long from = Math.min(clamped(start, size), turned ? Math.max(0, size - 1) : size);
            long to = clamped(end, size);
            return to <= from ? new Range(0, 0) : new Range(from, to);
        }

        private static long clamped(long index, long size) {
            return Math.max(0, Math.min(size, index < 0 ? index + size : index));
        }

        private static long narrow(long index) {
            return Math.max(Integer.MIN_VALUE / 2, Math.min(Integer.MAX_VALUE, index));
        }
    }
}
