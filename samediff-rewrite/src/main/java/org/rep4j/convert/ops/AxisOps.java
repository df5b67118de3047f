package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.transforms.custom.LogSoftMax;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;

/** Ops that look along one axis: softmax, the place of the largest element, running sums. */
public final class AxisOps implements OpMapping {
    /** The first operator set in which softmax works along one axis; before, along all from there on. */
    private static final int ONE_AXIS_OPSET = 13;

    /** The first operator set that has running sums of numbers of 16 bits. */
    private static final int SHORT_SUMS_OPSET = 14;

    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("Softmax", op -> ImportedOp.result(softmax(op))),
                entry("LogSoftmax", op -> ImportedOp.result(logSoftmax(op))),
                entry("Hardmax", op -> ImportedOp.result(hardmax(op))),
                entry("ArgMax", op -> ImportedOp.result(argument(op, true))),
                entry("ArgMin", op -> ImportedOp.result(argument(op, false))),
                entry("CumSum", op -> ImportedOp.result(cumulativeSum(op))));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("softmax", op -> writeAlong(op, "Softmax")),
                entry("log_softmax", op -> writeAlong(op, "LogSoftmax")),
                entry("argmax", op -> writeArgument(op, "ArgMax", op.in(0))),
                entry("argmin", op -> writeArgument(op, "ArgMin", op.in(0))),
                entry("argamax", op -> writeArgument(op, "ArgMax", Plain.node(op, "Abs", op.in(0)))),
                entry("argamin", op -> writeArgument(op, "ArgMin", Plain.node(op, "Abs", op.in(0)))),
                entry("cumsum", AxisOps::writeCumulativeSum));
    }

    /** The axes that are normalized together: one, but for old operator sets, where others of size 1 do not count. */
    private static int[] axes(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        boolean one = op.opset() >= ONE_AXIS_OPSET;
        int first = op.axis(op.node().integer("axis", one ? -1 : 1), rank);
        if (one) {
            return new int[] {first};
        }
        Shape shape = op.shape(0);
        int[] wide = IntStream.range(first, rank)
                .filter(axis -> shape.dim(axis) != 1)
                .toArray();
        return wide.length == 0 ? new int[] {first} : wide;
    }

    /** The native op must not see arrays without elements: it crashes. */
    private static boolean isEmpty(ImportedOp op) {
        Shape shape = op.shape(0);
        return IntStream.range(0, shape.rank()).anyMatch(axis -> shape.dim(axis) == 0);
    }

    private static SDVariable softmax(ImportedOp op) throws NotConvertibleException {
        SDVariable x = op.in(0);
        int[] axes = axes(op);
        if (isEmpty(op)) {
            return x;
        }
        if (axes.length == 1) {
            return alongLast(
                    op,
                    axes[0],
                    turned -> op.graph().nn().softmax(turned, op.shape(0).rank() - 1));
        }
        SDVariable power = op.graph().math().exp(x.sub(op.graph().max(x, true, axes)));
        return power.div(op.graph().sum(power, true, axes));
    }

    /** oneDNN gets softmax over the channels of images wrong on some processors; the last axis is safe on all. */
    private static SDVariable alongLast(ImportedOp op, int axis, UnaryOperator<SDVariable> function) {
        int last = op.shape(0).rank() - 1;
        if (axis == last) {
            return function.apply(op.in(0));
        }
        int[] order = IntStream.rangeClosed(0, last).toArray();
        order[axis] = last;
        order[last] = axis;
        return op.graph().permute(function.apply(op.graph().permute(op.in(0), order)), order);
    }

    private static SDVariable logSoftmax(ImportedOp op) throws NotConvertibleException {
        SameDiff graph = op.graph();
        SDVariable x = op.in(0);
        int[] axes = axes(op);
        if (isEmpty(op)) {
            return x;
        }
        if (axes.length == 1) { // with an axis it cannot be loaded from a file
            return alongLast(op, axes[0], turned -> new LogSoftMax(graph, turned).outputVariable());
        }
        SDVariable lowered = x.sub(graph.max(x, true, axes));
        SDVariable sum = graph.sum(graph.math().exp(lowered), true, axes);
        return lowered.sub(graph.math().log(sum));
    }

    /** 1 where the largest element is first met, 0 elsewhere. */
    private static SDVariable hardmax(ImportedOp op) throws NotConvertibleException {
        SDVariable x = op.in(0);
        int[] axes = axes(op);
        long size = op.shape(0).dim(axes[0]);
        if (axes.length != 1 || size < 0) {
            throw op.unsupported(
                    size < 0 ? "the size of its axis is not known" : "it looks for one element along several axes");
        }
        SDVariable place = op.graph().argmax(x, true, axes[0]);
        long[] along = LongStream.range(0, op.rank(0))
                .map(axis -> axis == axes[0] ? size : 1)
                .toArray();
        SDVariable places = op.constant(
                Nd4j.createFromArray(LongStream.range(0, size).toArray()).reshape(along));
        return op.graph().eq(place, places).castTo(x.dataType());
    }

    private static SDVariable argument(ImportedOp op, boolean largest) throws NotConvertibleException {
        SameDiff graph = op.graph();
        int axis = op.axis(op.node().integer("axis", 0), op.rank(0));
        boolean keep = op.node().integer("keepdims", 1) != 0;
        boolean last = op.node().integer("select_last_index", 0) != 0;
        SDVariable x = last ? graph.reverse(op.in(0), axis) : op.in(0);
        SDVariable place = largest ? graph.argmax(x, keep, axis) : graph.argmin(x, keep, axis);
        if (!last) {
            return place;
        }
        long size = op.shape(0).dim(axis);
        if (size < 0) {
            throw op.unsupported("the size of its axis is not known, of which it wants the last of equal elements");
        }
        return place.rsub(size - 1);
    }

    /** The native op is for rounded numbers only. */
    private static SDVariable cumulativeSum(ImportedOp op) throws NotConvertibleException {
        SDVariable x = op.in(0);
        int rank = op.rank(0);
        if (rank != 1 && !op.isConstant(1)) {
            throw op.unsupported("its axis is computed");
        }
        int axis = rank == 1 ? 0 : op.axis((long) op.number(1, 0), rank);
        boolean exclusive = op.node().integer("exclusive", 0) != 0;
        boolean reverse = op.node().integer("reverse", 0) != 0;
        DataType type = x.dataType();
        if (type.isFPType()) {
            return op.graph().cumsum(x, exclusive, reverse, axis);
        }
        return op.graph()
                .cumsum(x.castTo(DataType.DOUBLE), exclusive, reverse, axis)
                .castTo(type);
    }

    private static void writeAlong(ExportedOp op, String type) throws NotConvertibleException {
        op.node(type).reads(op.in(0)).integer("axis", op.integer(0, -1)).writes(0);
    }

    private static void writeArgument(ExportedOp op, String type, String x) throws NotConvertibleException {
        if (op.integers().length > 1 || op.count() > 1) {
            throw op.unsupported("it counts over several axes");
        }
        boolean all = op.integers().length == 0;
        String place = op.node(type)
                .reads(all ? Plain.node(op, "Reshape", x, op.vector(-1)) : x)
                .integer("axis", op.integer(0, 0))
                .integer("keepdims", !all && op.flag(0, false) ? 1 : 0)
                .value();
        op.node("Cast")
                .reads(place)
                .integer("to", op.onnxOutputType(0).number())
                .writes(0);
    }

    private static void writeCumulativeSum(ExportedOp op) throws NotConvertibleException {
        if (op.integers().length != 3) {
            throw op.unsupported("it sums along several axes");
        }
        OnnxType type = op.onnxType(0);
        boolean lacking = op.opset() < SHORT_SUMS_OPSET && (type == OnnxType.FLOAT16 || type == OnnxType.BFLOAT16);
        NodeWriter sum = op.node("CumSum")
                .reads(lacking ? op.cast(op.in(0), OnnxType.FLOAT) : op.in(0), op.vector(op.integer(2, 0)))
                .integer("exclusive", op.integer(0, 0))
                .integer("reverse", op.integer(1, 0));
        if (lacking) {
            op.node("Cast").reads(sum.value()).integer("to", type.number()).writes(0);
        } else {
            sum.writes(0);
        }
    }
}
