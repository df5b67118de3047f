package org.rep4j.convert.ops;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping.Exporter;
import org.rep4j.onnx.OnnxType;

/** Writes SameDiff's reductions, whose axes are kept beside their arguments. */
final class ReductionExport {
    /** What stands for all axes. */
    private static final int ALL = Integer.MAX_VALUE;

    /** The first operator set in which the axes of all reductions are an input. */
    private static final int AXES_INPUT_OPSET = 18;

    private ReductionExport() {}

    /** A reduction of the input. */
    static Exporter as(String type) {
        return op -> {
            NodeWriter node = reduction(op, type, op.in(0));
            node.writes(0);
        };
    }

    /** A reduction of the sizes of the elements. */
    static Exporter ofSizes(String type) {
        return op -> {
            String sizes = Plain.node(op, "Abs", op.in(0));
            reduction(op, type, sizes).writes(0);
        };
    }

    /** A reduction of truth values. */
    static Exporter ofFlags(String type) {
        return op -> {
            String flags = op.cast(op.cast(op.in(0), OnnxType.BOOL), OnnxType.INT32);
            op.node("Cast")
                    .reads(reduction(op, type, flags).value())
                    .integer("to", OnnxType.BOOL.number())
                    .writes(0);
        };
    }

    /** This one has its arguments where other ops have them. */
    static void writeLogSumExp(ExportedOp op) throws NotConvertibleException {
        int[] axes = Arrays.stream(op.integers()).mapToInt(Math::toIntExact).toArray();
        reduction(op, "ReduceLogSumExp", op.in(0), axes, op.number(0, 0) != 0).writes(0);
    }

    private static NodeWriter reduction(ExportedOp op, String type, String x) throws NotConvertibleException {
        if (!(op.function() instanceof ReduceOp reduce)) {
            throw op.unsupported("its axes are not known");
        }
        if (op.count() == 1) {
            return reduction(op, type, x, op.function().getDimensions(), reduce.isKeepDims());
        }
        Optional<long[]> axes = op.integers(1);
        if (axes.isPresent()) {
            int[] known = Arrays.stream(axes.get()).mapToInt(Math::toIntExact).toArray();
            return reduction(op, type, x, known, reduce.isKeepDims());
        }
        if (!takesAxes(op, type)) {
            throw op.unsupported("its axes are computed, which opset " + op.opset() + " cannot express");
        }
        return op.node(type)
                .reads(x, op.cast(op.in(1), OnnxType.INT64))
                .integer("keepdims", reduce.isKeepDims() ? 1 : 0);
    }

    /** A reduction along the axes of the op, if they are known, with these axes kept or not. */
    static NodeWriter reduced(ExportedOp op, String type, String x, boolean keepsDims) throws NotConvertibleException {
        if (op.count() > 1) {
            throw op.unsupported("its axes are an input");
        }
        return reduction(op, type, x, op.function().getDimensions(), keepsDims);
    }

    private static boolean takesAxes(ExportedOp op, String type) {
        return op.opset() >= AXES_INPUT_OPSET || type.equals("ReduceSum");
    }

    private static NodeWriter reduction(
            ExportedOp op, String type, String x, int @Nullable [] axes, boolean keepsDims) {
        boolean all = axes == null || axes.length == 0 || Arrays.stream(axes).anyMatch(axis -> axis == ALL);
        NodeWriter node = op.node(type).reads(x).integer("keepdims", keepsDims ? 1 : 0);
        if (all) {
            return node;
        }
        long[] list = Arrays.stream(axes).asLongStream().toArray();
        return takesAxes(op, type) ? node.reads(op.vector(list)) : node.integers("axes", list);
    }
}
