package org.rep4j.convert.ops;

import static org.rep4j.convert.ops.Plain.node;

import org.nd4j.linalg.api.ops.impl.summarystats.Variance;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.onnx.OnnxType;

/** SameDiff's variance and standard deviation: mean squares of what is left without the mean, or with one fewer in the divisor. */
final class VarianceExport {
    private VarianceExport() {}

    static void variance(ExportedOp op) throws NotConvertibleException {
        varianceOf(op).writes(0);
    }

    static void deviation(ExportedOp op) throws NotConvertibleException {
        op.node("Sqrt").reads(varianceOf(op).value()).writes(0);
    }

    private static NodeWriter varianceOf(ExportedOp op) throws NotConvertibleException {
        if (!(op.function() instanceof Variance variance)) {
            throw op.unsupported("its arguments are not known");
        }
        OnnxType type = op.onnxType(0);
        if (!type.isFloatingPoint()) {
            throw op.unsupported("it is of integers");
        }
        String x = op.in(0);
        String mean = ReductionExport.reduced(op, "ReduceMean", x, true).value();
        String rest = node(op, "Sub", x, mean);
        String squares = node(op, "Mul", rest, rest);
        if (!variance.isBiasCorrected()) {
            return ReductionExport.reduced(op, "ReduceMean", squares, variance.isKeepDims());
        }
        String sum = ReductionExport.reduced(op, "ReduceSum", squares, variance.isKeepDims())
                .value();
        String count = op.cast(node(op, "Div", node(op, "Size", x), node(op, "Size", mean)), type);
        String one = op.scalar(1, type);
        // The variance of a single number is 0 in SameDiff
        return op.node("Div").reads(sum, node(op, "Max", node(op, "Sub", count, one), one));
    }
}
