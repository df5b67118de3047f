package org.rep4j.convert.ops;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.onnx.OnnxType;

/** Writes SameDiff's borders as ONNX's Pad. The amounts are its second input, {@code [axes, 2]}. */
final class PaddingExport {
    private static final int REFLECT = 1;
    private static final int SYMMETRIC = 2;
    private static final int FILL = 2;

    private PaddingExport() {}

    static void pad(ExportedOp op) throws NotConvertibleException {
        switch (op.integer(0, 0)) {
            case REFLECT ->
                op.node("Pad")
                        .text("mode", "reflect")
                        .reads(op.in(0), amounts(op))
                        .writes(0);
            case SYMMETRIC -> symmetric(op);
            default -> filled(op);
        }
    }

    static void mirrorPad(ExportedOp op) throws NotConvertibleException {
        if (op.integer(0, 0) == 0) {
            op.node("Pad").text("mode", "reflect").reads(op.in(0), amounts(op)).writes(0);
        } else {
            symmetric(op);
        }
    }

    private static void filled(ExportedOp op) throws NotConvertibleException {
        OnnxType type = op.onnxType(0);
        NodeWriter node = op.node("Pad").text("mode", "constant").reads(op.in(0), amounts(op));
        if (op.count() > FILL) {
            node.reads(op.in(FILL));
        } else if (op.number(0, 0) != 0) {
            node.reads(op.scalar(op.number(0, 0), type));
        }
        node.writes(0);
    }

    /** First those before each axis, then those behind each. */
    private static String amounts(ExportedOp op) throws NotConvertibleException {
        long[] pairs = op.integers(1).orElse(null);
        if (pairs != null) {
            int rank = pairs.length / 2;
            return op.vector(LongStream.concat(
                            IntStream.range(0, rank).mapToLong(i -> pairs[2 * i]),
                            IntStream.range(0, rank).mapToLong(i -> pairs[2 * i + 1]))
                    .toArray());
        }
        String turned =
                op.node("Transpose").reads(op.in(1)).integers("perm", 1, 0).value();
        String flat = op.node("Reshape").reads(turned, op.vector(-1)).value();
        return op.type(1) == DataType.LONG ? flat : op.cast(flat, OnnxType.INT64);
    }

    /** A reflection that repeats the outermost elements, too: these are gathered. */
    private static void symmetric(ExportedOp op) throws NotConvertibleException {
        long[] pairs = op.integers(1).orElseThrow(() -> op.unsupported("its amounts are computed"));
        int[] padded = IntStream.range(0, pairs.length / 2)
                .filter(i -> pairs[2 * i] > 0 || pairs[2 * i + 1] > 0)
                .toArray();
        String value = op.in(0);
        String x = value;
        for (int i = 0; i < padded.length; i++) {
            int axis = padded[i];
            long size = op.shape(x).dim(axis);
            if (size <= 0) {
                throw op.unsupported("it is symmetric along an axis of unknown size");
            }
            long[] indices = LongStream.range(-pairs[2 * axis], size + pairs[2 * axis + 1])
                    .map(place -> place < 0 ? -1 - place : place >= size ? 2 * size - 1 - place : place)
                    .toArray();
            NodeWriter node = op.node("Gather").reads(value, op.vector(indices)).integer("axis", axis);
            if (i == padded.length - 1) {
                node.writes(0);
                return;
            }
            value = node.value();
        }
        op.node("Identity").reads(value).writes(0);
    }
}
