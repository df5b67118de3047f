package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.transforms.Pad;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/** Borders around tensors. */
public final class PaddingOps implements OpMapping {
    private static final int AXES = 3;
    private static final int FILL = 2;

    @Override
    public Map<String, Importer> importers() {
        return Map.of("Pad", PaddingOps::pad);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(entry("pad", PaddingExport::pad), entry("mirror_pad", PaddingExport::mirrorPad));
    }

    private static List<SDVariable> pad(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        int[] axes = axes(op, rank);
        String mode = op.node().text("mode", "constant");
        if (op.node().integers("pads").isEmpty() && !op.isConstant(1)) {
            return ImportedOp.result(computed(op, mode, axes, rank));
        }
        long[] pads = op.integers("pads", 1).orElseThrow(() -> op.invalid("has no pads"));
        int[] begin = new int[rank];
        int[] end = new int[rank];
        for (int i = 0; i < axes.length; i++) {
            begin[axes[i]] = Math.toIntExact(pads[i]);
            end[axes[i]] = Math.toIntExact(pads[i + axes.length]);
        }
        SDVariable cut = cut(op, begin, end);
        int[] before = Arrays.stream(begin).map(a -> Math.max(a, 0)).toArray();
        int[] behind = Arrays.stream(end).map(a -> Math.max(a, 0)).toArray();
        return ImportedOp.result(
                switch (mode) {
                    case "constant" -> filled(op, cut, before, behind);
                    case "reflect" -> reflected(op, cut, begin, end);
                    case "edge" -> Repetition.EDGE.write(op, cut, begin, end);
                    case "wrap" -> Repetition.WRAP.write(op, cut, begin, end);
                    default -> throw op.invalid("has mode " + mode);
                });
    }

    /** Which axes the pads are for. */
    private static int[] axes(ImportedOp op, int rank) throws NotConvertibleException {
        if (!op.has(AXES)) {
            return LongStream.range(0, rank).mapToInt(i -> (int) i).toArray();
        }
        long[] named = op.integers(AXES).orElseThrow(() -> op.unsupported("its axes are computed"));
        return Arrays.stream(named).mapToInt(a -> op.axis(a, rank)).toArray();
    }

    /** What negative amounts leave. */
    private static SDVariable cut(ImportedOp op, int[] begin, int[] end) {
        int[] steps = new int[begin.length];
        Arrays.fill(steps, 1);
        return Borders.cut(
                op,
                op.in(0),
                Arrays.stream(begin).map(a -> Math.max(-a, 0)).toArray(),
                Arrays.stream(end).map(a -> Math.max(-a, 0)).toArray(),
                steps);
    }

    private static SDVariable filled(ImportedOp op, SDVariable x, int[] begin, int[] end)
            throws NotConvertibleException {
        if (op.has(FILL) && !op.isConstant(FILL)) {
            int[][] amounts = new int[begin.length][];
            for (int i = 0; i < amounts.length; i++) {
                amounts[i] = new int[] {begin[i], end[i]};
            }
            return filledWithComputed(op, x, op.constant(Nd4j.createFromArray(amounts)));
        }
        return Borders.padded(op, x, begin, end, fill(op));
    }

    private static double fill(ImportedOp op) throws NotConvertibleException {
        return op.node().number("value", op.number(FILL, 0));
    }

    /** SameDiff's op is told what to fill in before the run: a mask tells where that goes. */
    private static SDVariable filledWithComputed(ImportedOp op, SDVariable x, SDVariable amounts) {
        SDVariable zeros = new Pad(op.graph(), x, amounts, Pad.Mode.CONSTANT, 0).outputVariable();
        SDVariable inside = new Pad(op.graph(), op.graph().onesLike(x), amounts, Pad.Mode.CONSTANT, 0).outputVariable();
        SDVariable fill = op.graph().onesLike(zeros).mul(op.graph().reshape(op.in(FILL), 1L));
        return op.graph().where(zeros, fill, inside.castTo(DataType.BOOL));
    }

    private static SDVariable reflected(ImportedOp op, SDVariable x, int[] begin, int[] end)
            throws NotConvertibleException {
        for (int i = 0; i < begin.length; i++) {
            int most = Math.max(begin[i], end[i]);
            if (most <= 0) {
                continue;
            }
            long size = op.shape(0).dim(i);
            long left = size + Math.min(begin[i], 0) + Math.min(end[i], 0);
            if (size < 0 || most >= left) {
                return Repetition.REFLECT.write(op, x, begin, end);
            }
        }
        int[][] amounts = new int[begin.length][];
        for (int i = 0; i < amounts.length; i++) {
            amounts[i] = new int[] {Math.max(begin[i], 0), Math.max(end[i], 0)};
        }
        SDVariable stored = op.constant(Nd4j.createFromArray(amounts));
        return new Pad(op.graph(), x, stored, Pad.Mode.REFLECT, 0).outputVariable();
    }

    /** Amounts that are an input of the model. */
    private static SDVariable computed(ImportedOp op, String mode, int[] axes, int rank)
            throws NotConvertibleException {
        if (!mode.equals("constant")) {
            throw op.unsupported("its pads are computed");
        }
        // those of an axis that is not named are the zero that is appended
        SDVariable pads =
                op.graph().concat(0, op.in(1).castTo(DataType.LONG), op.constant(Nd4j.zeros(DataType.LONG, 1)));
        long[] places = new long[2 * rank];
        Arrays.fill(places, 2L * axes.length);
        for (int i = 0; i < axes.length; i++) {
            places[axes[i]] = i;
            places[axes[i] + rank] = i + axes.length;
        }
        SDVariable begin = op.graph().gather(pads, op.vector(Arrays.copyOf(places, rank)), 0);
        SDVariable end = op.graph().gather(pads, op.vector(Arrays.copyOfRange(places, rank, 2 * rank)), 0);
        SDVariable zero = op.constant(Nd4j.zeros(DataType.LONG, 1));
        SDVariable cutBegin = op.graph().math().max(begin.neg(), zero);
        SDVariable cutEnd = op.graph().math().max(end.neg(), zero);
        SDVariable cut = op.in(0);
        for (int axis : axes) {
            SDVariable place = op.scalar(axis, DataType.LONG);
            SDVariable first = op.graph().gather(cutBegin, place, 0);
            cut = Borders.between(op, cut, axis, first, op.graph().gather(cutEnd, place, 0), 1);
        }
        SDVariable amounts = op.graph()
                .stack(1, op.graph().math().max(begin, zero), op.graph().math().max(end, zero));
        return op.has(FILL) && !op.isConstant(FILL)
                ? filledWithComputed(op, cut, amounts)
                : new Pad(op.graph(), cut, amounts, Pad.Mode.CONSTANT, fill(op)).outputVariable();
    }
}
