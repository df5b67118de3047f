package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.onnx.OnnxType;

/** Pools: one number for each window, or for all of an image. */
public final class PoolingOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("MaxPool", PoolingOps::largest),
                entry("AveragePool", PoolingOps::average),
                entry("LpPool", PoolingOps::power),
                entry("GlobalMaxPool", op -> ImportedOp.result(op.in(0).max(true, spatialAxes(op)))),
                entry("GlobalAveragePool", op -> ImportedOp.result(op.in(0).mean(true, spatialAxes(op)))),
                entry("GlobalLpPool", PoolingOps::globalPower));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("maxpool2d", op -> writeLargest(op, 2)),
                entry("maxpool3dnew", op -> writeLargest(op, 3)),
                entry("avgpool2d", op -> writeAverage(op, 2)),
                entry("avgpool3dnew", op -> writeAverage(op, 3)),
                entry("pnormpool2d", PoolingOps::writePower));
    }

    private static int[] spatialAxes(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        if (rank < 3) {
            throw op.invalid("pools an input of shape " + op.shape(0));
        }
        return IntStream.range(2, rank).toArray();
    }

    private static List<SDVariable> largest(ImportedOp op) throws NotConvertibleException {
        if (op.wants(1)) {
            throw op.unsupported("it tells where the largest elements are");
        }
        Pooling pool = Pooling.of(op);
        if (pool.isPlain()) {
            return ImportedOp.result(pool.largest(op.in(0), pool.geometry().axes()));
        }
        SDVariable padded = pool.padded(op.in(0), smallest(op.type(0)));
        return ImportedOp.result(pool.largest(padded, pool.bare()));
    }

    private static double smallest(DataType type) {
        return switch (type) {
            case BYTE -> Byte.MIN_VALUE;
            case UBYTE -> 0;
            default -> Double.NEGATIVE_INFINITY;
        };
    }

    private static List<SDVariable> average(ImportedOp op) throws NotConvertibleException {
        Pooling pool = Pooling.of(op);
        boolean counted = op.node().integer("count_include_pad", 0) != 0;
        SDVariable x = op.in(0);
        List<ConvAxis> axes = pool.geometry().axes();
        boolean unpadded = pool.isPlain() && axes.stream().allMatch(a -> a.padBegin() == 0);
        if (unpadded || (pool.isPlain() && axes.size() < 3)) {
            return ImportedOp.result(pool.mean(x, axes, counted));
        }
        // the mean with zeros for what should not count, over the part of the window that should
        SDVariable mean = pool.mean(pool.padded(x, 0), pool.bare(), true);
        boolean roundsUp = IntStream.of(pool.beyond()).anyMatch(b -> b > 0);
        if (counted && !roundsUp) {
            return ImportedOp.result(mean);
        }
        SDVariable ones = Borders.padded(op, op.graph().onesLike(x), pool.geometry(), counted ? 1 : 0);
        return ImportedOp.result(mean.div(pool.mean(pool.further(ones, 0), pool.bare(), true)));
    }

    private static List<SDVariable> power(ImportedOp op) throws NotConvertibleException {
        Pooling pool = Pooling.of(op);
        SDVariable powers = power(op, op.in(0));
        double taps = pool.geometry().taps();
        SDVariable mean = pool.mean(pool.padded(powers, 0), pool.bare(), true);
        return ImportedOp.result(root(op, mean.mul(op.scalar(taps, op.type(0)))));
    }

    private static List<SDVariable> globalPower(ImportedOp op) throws NotConvertibleException {
        return ImportedOp.result(root(op, power(op, op.in(0)).sum(true, spatialAxes(op))));
    }

    private static SDVariable power(ImportedOp op, SDVariable x) {
        SDVariable size = op.graph().math().abs(x);
        return op.graph().math().pow(size, op.scalar(op.node().integer("p", 2), op.type(0)));
    }

    private static SDVariable root(ImportedOp op, SDVariable sum) {
        return op.graph().math().pow(sum, op.scalar(1.0 / op.node().integer("p", 2), op.type(0)));
    }

    private static void writeLargest(ExportedOp op, int rank) throws NotConvertibleException {
        OnnxType type = op.onnxType(0);
        if (!type.isFloatingPoint() && type != OnnxType.INT8 && type != OnnxType.UINT8) {
            throw op.unsupported("it pools elements of type " + type);
        }
        NativeWindows windows = NativeWindows.of(op, rank, 4 * rank + 2, new long[0]);
        String x = windows.channelsFirst();
        windows.writes(windows.attributes(op.node("MaxPool").reads(x), x));
    }

    private static void writeAverage(ExportedOp op, int rank) throws NotConvertibleException {
        NativeWindows windows = NativeWindows.of(op, rank, 4 * rank + 2, new long[0]);
        if (op.opset() < 19 && windows.axes().stream().anyMatch(a -> a.dilation() > 1)) {
            throw op.unsupported("it is dilated, which ONNX has from operator set 19 on");
        }
        String x = windows.channelsFirst();
        NodeWriter node = op.node("AveragePool").reads(x).integer("count_include_pad", op.integer(4 * rank + 1, 0));
        windows.writes(windows.attributes(node, x));
    }

    /** The argument before the layout is the exponent. */
    private static void writePower(ExportedOp op) throws NotConvertibleException {
        NativeWindows windows = NativeWindows.of(op, 2, 10, new long[0]);
        String x = windows.channelsFirst();
        NodeWriter node = op.node("LpPool").reads(x).integer("p", op.integer(9, 2));
        windows.writes(windows.attributes(node, x));
    }
}
