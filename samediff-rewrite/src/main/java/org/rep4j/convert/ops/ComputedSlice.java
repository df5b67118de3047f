package org.rep4j.convert.ops;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterNdUpdate;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;

/**
 * A slice whose bounds are computed: of each axis the indices are listed, and gathered. Unlike strided_slice that goes backwards too
 * when the step is only known then, and has no trouble with ranges that hold nothing.
 */
final class ComputedSlice {
    private final ImportedOp op;
    private final SameDiff graph;

    private ComputedSlice(ImportedOp op) {
        this.op = op;
        this.graph = op.graph();
    }

    static SDVariable write(ImportedOp op) throws NotConvertibleException {
        return new ComputedSlice(op).write();
    }

    private SDVariable write() throws NotConvertibleException {
        int rank = op.rank(0);
        SDVariable starts = longs("starts", 1);
        SDVariable ends = longs("ends", 2);
        Optional<SDVariable> steps = op.has(4) ? Optional.of(longs(4)) : Optional.empty();
        Optional<long[]> given = op.node().integers("axes").or(() -> op.integers(3));
        int[] axes;
        if (given.isPresent()) {
            axes = Arrays.stream(given.get()).mapToInt(a -> op.axis(a, rank)).toArray();
        } else if (op.has(3)) {
            SDVariable counted = graph.math().floorMod(longs(3), op.scalar(rank, DataType.LONG));
            SDVariable rows = graph.expandDims(counted, 1);
            starts = spread(op.vector(new long[rank]), rows, starts);
            ends = spread(op.sizes(0), rows, ends);
            steps = steps.map(some -> spread(op.vector(SliceOps.ones(rank)), rows, some));
            axes = IntStream.range(0, rank).toArray();
        } else {
            Optional<long[]> listed = op.node().integers("starts");
            long count = listed.isPresent()
                    ? listed.get().length
                    : Math.max(op.shape(1).dim(0), op.shape(2).dim(0));
            if (count < 0) {
                throw op.unsupported("how many axes it slices is computed");
            }
            axes = IntStream.range(0, Math.toIntExact(count)).toArray();
        }
        SDVariable result = Elements.asNumbers(op.in(0));
        for (int i = 0; i < axes.length; i++) {
            SDVariable step = steps.isPresent() ? element(steps.get(), i) : op.scalar(1, DataType.LONG);
            result = graph.gather(result, indices(axes[i], element(starts, i), element(ends, i), step), axes[i]);
        }
        return Elements.as(result, op.type(0));
    }

    private SDVariable longs(int input) {
        return Elements.as(op.in(input), DataType.LONG);
    }

    private SDVariable longs(String attribute, int input) {
        Optional<long[]> list = op.node().integers(attribute);
        return list.isPresent() ? op.vector(list.get()) : longs(input);
    }

    private SDVariable spread(SDVariable base, SDVariable rows, SDVariable values) {
        return new ScatterNdUpdate(graph, base, rows, values).outputVariable();
    }

    private SDVariable element(SDVariable vector, int index) {
        return graph.gather(vector, op.scalar(index, DataType.LONG), 0);
    }

    /** start, start + step, … before end, both within the axis. */
    private SDVariable indices(int axis, SDVariable start, SDVariable end, SDVariable step) {
        SDVariable zero = op.scalar(0, DataType.LONG);
        SDVariable one = op.scalar(1, DataType.LONG);
        SDVariable size = Extent.of(op, 0, axis).variable(op);
        SDVariable back = graph.lt(step, zero).castTo(DataType.LONG);
        SDVariable stride = step.add(graph.eq(step, zero).castTo(DataType.LONG)); // none divides by zero
        SDVariable last = size.sub(back);
        SDVariable from = clamped(fromStart(start, size), zero, last);
        SDVariable to = clamped(fromStart(end, size), zero.sub(back), last);
        SDVariable sign = one.sub(back.add(back));
        SDVariable count = to.sub(from).add(stride).sub(sign).div(stride);
        SDVariable steps = graph.range(zero, clamped(count, zero, size), one, DataType.LONG);
        return steps.mul(stride).add(from);
    }

    private SDVariable fromStart(SDVariable index, SDVariable size) {
        SDVariable negative = graph.lt(index, op.scalar(0, DataType.LONG)).castTo(DataType.LONG);
        return index.add(negative.mul(size));
    }

    private SDVariable clamped(SDVariable index, SDVariable low, SDVariable high) {
        return graph.math().max(graph.math().min(index, high), low);
    }
}
