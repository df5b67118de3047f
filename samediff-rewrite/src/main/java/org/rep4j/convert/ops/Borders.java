package org.rep4j.convert.ops;

import java.util.Arrays;
import java.util.function.ToLongFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.shape.StridedSlice;
import org.nd4j.linalg.api.ops.impl.transforms.Pad;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.convert.ImportedOp;

/** Writes borders around tensors, and cuts them off. */
final class Borders {
    private Borders() {}

    /**
     * Adds elements.
     *
     * @param begin how many before the first element of each axis, at least 0
     * @param end how many behind the last element of each axis, at least 0
     */
    static SDVariable padded(ImportedOp op, SDVariable x, int[] begin, int[] end, double fill) {
        if (Arrays.stream(begin).allMatch(a -> a == 0) && Arrays.stream(end).allMatch(a -> a == 0)) {
            return x;
        }
        int[][] amounts = new int[begin.length][];
        for (int i = 0; i < amounts.length; i++) {
            amounts[i] = new int[] {begin[i], end[i]};
        }
        SDVariable stored = op.constant(Nd4j.createFromArray(amounts));
        return new Pad(op.graph(), x, stored, Pad.Mode.CONSTANT, fill).outputVariable();
    }

    /** Adds the padding of {@code geometry} to an image {@code [batch, channels, …]}. */
    static SDVariable padded(ImportedOp op, SDVariable x, ConvGeometry geometry, double fill) {
        if (!geometry.isResolved()) {
            SDVariable amounts = amounts(op, x, geometry);
            return new Pad(op.graph(), x, amounts, Pad.Mode.CONSTANT, fill).outputVariable();
        }
        int rank = geometry.rank();
        int[] begin = new int[rank + 2];
        int[] end = new int[rank + 2];
        for (int i = 0; i < rank; i++) {
            begin[i + 2] = geometry.axes().get(i).padBegin();
            end[i + 2] = geometry.axes().get(i).padEnd();
        }
        return padded(op, x, begin, end, fill);
    }

    /**
     * What an automatic padding adds to each axis of an image of unknown size, {@code [axes, 2]}: of
     * {@code max(0, (⌈size/stride⌉ − 1) · stride + span + 1 − size)} elements half, rounded down, before (or behind) it.
     */
    private static SDVariable amounts(ImportedOp op, SDVariable x, ConvGeometry geometry) {
        SameDiff graph = op.graph();
        int rank = geometry.rank();
        SDVariable strides = op.vector(longs(geometry, ConvAxis::stride));
        SDVariable spans = op.vector(longs(geometry, ConvAxis::span));
        SDVariable size = new StridedSlice(
                        graph, op.sizes(x), new long[] {2}, new long[] {rank + 2}, new long[] {1}, 0, 0, 0, 0, 0)
                .outputVariable();
        SDVariable one = op.vector(1);
        // ⌈size/stride⌉ − 1 = ⌊(size − 1)/stride⌋
        SDVariable last = graph.math().floorDiv(size.sub(one), strides).mul(strides);
        SDVariable total =
                graph.math().max(last.add(spans).add(one).sub(size), op.constant(Nd4j.zeros(DataType.LONG, 1)));
        SDVariable less = graph.math().floorDiv(total, op.vector(2));
        SDVariable more = total.sub(less);
        boolean upper = geometry.autoPad() == AutoPad.SAME_UPPER;
        SDVariable spatial = graph.stack(1, upper ? less : more, upper ? more : less);
        return graph.concat(0, op.constant(Nd4j.zeros(DataType.LONG, 2, 2)), spatial);
    }

    private static long[] longs(ConvGeometry geometry, ToLongFunction<ConvAxis> what) {
        return geometry.axes().stream().mapToLong(what).toArray();
    }

    /**
     * Takes elements away, and keeps every so many of the rest.
     *
     * @param x has the axes of the op's first input; the size of one is known if it is there
     * @param begin how many before the first one of each axis
     * @param end how many behind the last one of each axis, whatever its size
     * @param steps distance between those that stay
     */
    static SDVariable cut(ImportedOp op, SDVariable x, int[] begin, int[] end, int[] steps) {
        SDVariable rest = x;
        long[] from = new long[begin.length];
        long[] to = new long[begin.length];
        long[] by = SliceOps.ones(begin.length);
        int toTheEnd = 0;
        boolean all = true;
        for (int i = 0; i < begin.length; i++) {
            boolean mayBeEmpty = op.shape(0).dim(i) < 0 && begin[i] + end[i] > 0;
            if (mayBeEmpty) {
                SDVariable first = op.scalar(begin[i], DataType.LONG);
                rest = between(op, rest, i, first, op.scalar(end[i], DataType.LONG), steps[i]);
            } else {
                from[i] = begin[i];
                to[i] = -end[i];
                by[i] = steps[i];
            }
            toTheEnd |= to[i] == 0 ? 1 << i : 0;
            all &= from[i] == 0 && to[i] == 0 && by[i] == 1;
        }
        return all ? rest : new StridedSlice(op.graph(), rest, from, to, by, 0, toTheEnd, 0, 0, 0).outputVariable();
    }

    /** Takes elements at both ends of an axis away, maybe all of them: strided_slice writes behind the end of what has none. */
    static SDVariable between(ImportedOp op, SDVariable x, int axis, SDVariable begin, SDVariable end, int step) {
        SDVariable last = op.graph().math().max(op.graph().sizeAt(x, axis).sub(end), begin);
        SDVariable kept = op.graph().range(begin, last, op.scalar(step, DataType.LONG), DataType.LONG);
        return Elements.as(op.graph().gather(Elements.asNumbers(x), kept, axis), x.dataType());
    }
}
