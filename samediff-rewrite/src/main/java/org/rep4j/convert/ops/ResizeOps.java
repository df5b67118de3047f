package org.rep4j.convert.ops;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Upsampling2d;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/**
 * Resizing. libnd4j's own ops know few of ONNX's conventions, so each axis is resized by itself: what is nearest is gathered, and
 * interpolation is a product with a matrix of weights, which is a constant where the sizes are known.
 */
public final class ResizeOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.of("Resize", ResizeOps::resize, "Upsample", ResizeOps::resize);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.of(
                "upsampling2d",
                ResizeOps::writeUpsampling,
                "resize_bilinear",
                NativeResize.linear(),
                "resize_nearest_neighbor",
                NativeResize.nearest(),
                "tensordot",
                ResizeOps::writeContraction);
    }

    private static List<SDVariable> resize(ImportedOp op) throws NotConvertibleException {
        ResizeAxes parsed = ResizeAxes.of(op);
        ResizeMethod method = parsed.method();
        List<ResizedAxis> axes = parsed.axes();
        SDVariable x = op.in(0);
        if (axes.isEmpty()) {
            return ImportedOp.result(x);
        }
        if (isUpsampling(op, method, axes)) {
            int[] factors = {1, 1};
            axes.forEach(axis -> factors[axis.axis() - 2] = Math.round(axis.scale()));
            return ImportedOp.result(new Upsampling2d(op.graph(), x, true, factors[0], factors[1]).outputVariable());
        }
        DataType type = op.type(0);
        boolean nearest = method.mode().equals("nearest");
        DataType inside =
                nearest || type == DataType.DOUBLE ? Elements.asNumbers(x).dataType() : DataType.FLOAT;
        SDVariable result = Elements.as(x, inside);
        int rank = op.rank(0);
        boolean cycles = !nearest && axes.get(0).axis() == rank - axes.size();
        int first = axes.get(0).axis();
        for (ResizedAxis axis : axes) {
            ResizeWeights weights = new ResizeWeights(op, method, axis);
            result = nearest
                    ? weights.nearest(result)
                    : weights.interpolated(result, cycles ? first : axis.axis(), rank, cycles);
        }
        return ImportedOp.result(Elements.as(result, type));
    }

    /** Whether each element becomes a block of its own. */
    private static boolean isUpsampling(ImportedOp op, ResizeMethod method, List<ResizedAxis> axes) {
        return op.shape(0).rank() == 4
                && op.type(0).isFPType()
                && axes.stream().allMatch(axis -> axis.axis() >= 2 && method.repeats(axis));
    }

    private static void writeUpsampling(ExportedOp op) throws NotConvertibleException {
        long[] arguments = op.integers();
        float height = arguments[0];
        float width = arguments.length > 1 ? arguments[1] : height;
        boolean channelsLast = arguments.length > 2 && arguments[2] == 0;
        float[] scales = channelsLast ? new float[] {1, height, width, 1} : new float[] {1, 1, height, width};
        op.node("Resize")
                .reads(op.in(0), "", op.constant(Nd4j.createFromArray(scales)))
                .text("mode", "nearest")
                .text("coordinate_transformation_mode", "asymmetric")
                .text("nearest_mode", "floor")
                .writes(0);
    }

    /** Arguments: how many axes are summed over, those of the left, and the same for the right. Only products with a matrix. */
    private static void writeContraction(ExportedOp op) throws NotConvertibleException {
        if (op.flag(0, false) || op.flag(1, false) || op.flag(2, false)) {
            throw op.unsupported("it turns its operands around");
        }
        long[] arguments = op.integers();
        int rank = op.rank(0);
        if (arguments.length != 4 || arguments[0] != 1 || op.rank(1) != 2) {
            throw op.unsupported("it sums over more than one axis");
        }
        int summed = Math.floorMod((int) arguments[1], rank);
        long[] order = new long[rank];
        for (int i = 0; i < rank - 1; i++) {
            order[i] = i < summed ? i : i + 1;
        }
        order[rank - 1] = summed;
        String left = summed == rank - 1
                ? op.in(0)
                : op.node("Transpose").reads(op.in(0)).integers("perm", order).value();
        String right = Math.floorMod((int) arguments[3], 2) == 0 ? op.in(1) : op.permuted(1, 1, 0);
        op.node("MatMul").reads(left, right).writes(0);
    }
}
