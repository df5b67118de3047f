package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;

/**
 * What a Resize or an Upsample asks for.
 *
 * @param method how elements are computed
 * @param axes those that change, in ascending order
 */
record ResizeAxes(ResizeMethod method, List<ResizedAxis> axes) {
    private static final int SIZES = 3;

    static ResizeAxes of(ImportedOp op) throws NotConvertibleException {
        ResizeMethod method = ResizeMethod.of(op);
        int rank = op.rank(0);
        Optional<long[]> given = op.node().integers("axes");
        int[] named = given.isPresent()
                ? Arrays.stream(given.get()).mapToInt(a -> op.axis(a, rank)).toArray()
                : IntStream.range(0, rank).toArray();
        int scales = op.opset() < 11 ? 1 : 2;
        boolean scaled = op.node().hasAttribute("scales")
                || (op.has(scales) && op.shape(scales).dim(0) != 0);
        List<ResizedAxis> axes = new ArrayList<>();
        if (scaled) {
            scaled(op, method, scales, named, axes);
        } else if (op.has(SIZES)) {
            sized(op, method, named, axes);
        } else {
            throw op.invalid("has neither scales nor sizes");
        }
        axes.sort((a, b) -> Integer.compare(a.axis(), b.axis()));
        return new ResizeAxes(method, axes);
    }

    private static void scaled(ImportedOp op, ResizeMethod method, int input, int[] named, List<ResizedAxis> axes)
            throws NotConvertibleException {
        Optional<double[]> scales = op.node().numbers("scales");
        if (scales.isEmpty()) {
            scales = op.constant(input).map(array -> array.toDoubleVector());
        }
        if (scales.isPresent() && scales.get().length != named.length) {
            throw op.invalid("has " + scales.get().length + " scales for " + named.length + " axes");
        }
        for (int i = 0; i < named.length; i++) {
            Extent from = Extent.of(op, 0, named[i]);
            if (scales.isEmpty()) {
                SDVariable scale = element(op, op.in(input), i).castTo(DataType.FLOAT);
                axes.add(axis(op, method, named, i, from, grown(op, from, scale), Float.NaN, scale));
                continue;
            }
            float scale = (float) scales.get()[i];
            if (!(scale > 0)) {
                throw op.invalid("has the scale " + scale);
            }
            if (scale != 1 || method.extrapolates()) {
                Extent to = from.isKnown()
                        ? Extent.of((long) (from.known() * scale))
                        : Math.rint(scale) == scale
                                ? Extent.product(op, from, Extent.of((long) scale))
                                : grown(op, from, op.scalar(scale, DataType.FLOAT));
                axes.add(axis(op, method, named, i, from, to, scale, null));
            }
        }
    }

    private static Extent grown(ImportedOp op, Extent from, SDVariable scale) {
        SDVariable size = from.variable(op).castTo(DataType.FLOAT).mul(scale);
        return Extent.of(op.graph().math().floor(size).castTo(DataType.LONG));
    }

    private static SDVariable element(ImportedOp op, SDVariable vector, int index) {
        return op.graph().gather(vector, op.scalar(index, DataType.LONG), 0);
    }

    private static void sized(ImportedOp op, ResizeMethod method, int[] named, List<ResizedAxis> axes)
            throws NotConvertibleException {
        Optional<long[]> sizes = op.integers(SIZES);
        if (sizes.isPresent() && sizes.get().length != named.length) {
            throw op.invalid("has " + sizes.get().length + " sizes for " + named.length + " axes");
        }
        String policy = op.node().text("keep_aspect_ratio_policy", "stretch");
        if (!policy.equals("stretch")) {
            proportional(op, method, policy.equals("not_smaller"), named, sizes, axes);
            return;
        }
        for (int i = 0; i < named.length; i++) {
            Extent from = Extent.of(op, 0, named[i]);
            long known = sizes.isPresent() ? sizes.get()[i] : op.outputShape(0).dim(named[i]);
            if (sizes.isPresent() && known < 1) {
                throw op.invalid("makes a size of " + known);
            }
            if (known >= 0 && from.isKnown() && known == from.known() && !method.extrapolates()) {
                continue;
            }
            Extent to =
                    known >= 0 ? Extent.of(known) : Extent.of(Elements.as(element(op, op.in(SIZES), i), DataType.LONG));
            if (from.isKnown() && to.isKnown()) {
                axes.add(axis(op, method, named, i, from, to, (float) to.known() / from.known(), null));
            } else {
                SDVariable scale = to.variable(op)
                        .castTo(DataType.FLOAT)
                        .div(from.variable(op).castTo(DataType.FLOAT));
                axes.add(axis(op, method, named, i, from, to, Float.NaN, scale));
            }
        }
    }

    /** One scale for all axes: that with which none gets larger, or none smaller, than the sizes. */
    private static void proportional(
            ImportedOp op,
            ResizeMethod method,
            boolean larger,
            int[] named,
            Optional<long[]> sizes,
            List<ResizedAxis> axes)
            throws NotConvertibleException {
        long[] wanted = sizes.orElseThrow(() -> op.unsupported("its sizes are computed, and keep proportions"));
        float scale = larger ? 0 : Float.MAX_VALUE;
        for (int i = 0; i < named.length; i++) {
            long from = op.shape(0).dim(named[i]);
            if (from < 1) {
                throw op.unsupported("it keeps proportions of sizes that are not known");
            }
            float each = (float) wanted[i] / from;
            scale = larger ? Math.max(scale, each) : Math.min(scale, each);
        }
        for (int i = 0; i < named.length; i++) {
            Extent from = Extent.of(op, 0, named[i]);
            Extent to = Extent.of(Math.round((double) scale * from.known()));
            axes.add(axis(op, method, named, i, from, to, scale, null));
        }
    }

    private static ResizedAxis axis(
            ImportedOp op,
            ResizeMethod method,
            int[] named,
            int index,
            Extent from,
            Extent to,
            float scale,
            @Nullable SDVariable computed)
            throws NotConvertibleException {
        float start = 0;
        float end = 1;
        if (method.extrapolates()) {
            INDArray region = op.constant(1).orElseThrow(() -> op.unsupported("its region is computed"));
            if (region.length() != 2L * named.length) {
                throw op.invalid("has a region of " + region.length() + " bounds for " + named.length + " axes");
            }
            start = region.getFloat(index);
            end = region.getFloat((long) named.length + index);
        }
        return new ResizedAxis(named[index], from, to, scale, computed, start, end);
    }
}
