package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Shape;

/** Reads where the windows of ONNX's convolutions and pools lie. */
final class Windows {
    private Windows() {}

    /** The sizes of the windows, which pools have as an attribute. */
    static int[] kernelOfPool(ImportedOp op) {
        long[] declared = op.node().integers("kernel_shape").orElseThrow(() -> op.invalid("has no kernel_shape"));
        return small(op, declared);
    }

    /**
     * The sizes of the windows, which convolutions have in their weights.
     *
     * @throws NotConvertibleException if not all sizes of the weights are known
     */
    static int[] kernelOfWeights(ImportedOp op) throws NotConvertibleException {
        List<Long> dims = op.shape(1).dims();
        if (dims == null || dims.contains(Shape.UNKNOWN_DIM)) {
            throw op.unsupported("the shape of its weights is not known");
        }
        if (dims.size() > 5) {
            throw op.unsupported("it works on " + (dims.size() - 2) + " spatial axes");
        }
        if (dims.stream().anyMatch(d -> d < 1)) {
            throw op.unsupported("it has weights of shape " + dims);
        }
        return small(op, dims.subList(2, dims.size()).stream().mapToLong(d -> d).toArray());
    }

    private static int[] small(ImportedOp op, long[] sizes) {
        int[] result = new int[sizes.length];
        for (int i = 0; i < result.length; i++) {
            if (sizes[i] < 1 || sizes[i] > ConvAxis.FURTHEST) {
                throw op.invalid("has a kernel of size " + sizes[i]);
            }
            result[i] = (int) sizes[i];
        }
        return result;
    }

    /** Kernel, strides, dilations and pads as they are declared, without those of an automatic padding. */
    static List<ConvAxis> axes(ImportedOp op, int[] kernel) {
        int rank = kernel.length;
        int[] strides = op.node().integers("strides", rank, 1);
        int[] dilations = op.node().integers("dilations", rank, 1);
        boolean explicit = op.node().text("auto_pad", "NOTSET").equals("NOTSET");
        int[] pads = explicit ? op.node().integers("pads", 2 * rank, 0) : new int[2 * rank];
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            if (pads[i] < 0 || pads[i + rank] < 0) {
                throw op.invalid("has negative pads");
            }
            try {
                axes.add(new ConvAxis(kernel[i], strides[i], dilations[i], pads[i], pads[i + rank]));
            } catch (IllegalArgumentException e) {
                throw op.invalid("has " + e.getMessage());
            }
        }
        return axes;
    }

    /**
     * The windows of a convolution or a pool on its first input.
     *
     * @throws NotConvertibleException if that has no elements, which libnd4j may not survive
     */
    static ConvGeometry geometry(ImportedOp op, int[] kernel) throws NotConvertibleException {
        List<ConvAxis> axes = axes(op, kernel);
        if (Objects.requireNonNullElse(op.shape(0).dims(), List.of()).contains(0L)) {
            throw op.unsupported("its input has no elements");
        }
        long[] sizes = Layout.CHANNELS_FIRST.spatialSizes(op.shape(0), kernel.length);
        String padding = op.node().text("auto_pad", "NOTSET");
        return switch (padding) {
            case "NOTSET", "VALID" -> ConvGeometry.of(axes);
            case "SAME_UPPER", "SAME_LOWER" -> ConvGeometry.same(axes, sizes, AutoPad.valueOf(padding));
            default -> throw op.invalid("has auto_pad " + padding);
        };
    }

    /** These axes without padding. */
    static List<ConvAxis> unpadded(List<ConvAxis> axes) {
        return axes.stream()
                .map(a -> new ConvAxis(a.kernel(), a.stride(), a.dilation(), 0, 0))
                .toList();
    }

    /** Whether the same is added at both ends of each axis. */
    static boolean isSymmetric(ConvGeometry geometry) {
        return geometry.isResolved() && geometry.axes().stream().allMatch(a -> a.padBegin() == a.padEnd());
    }

    /**
     * Whether SameDiff's own SAME padding is the one that is wanted: it is TensorFlow's, except that it moves windows where a stride
     * leaves elements out.
     */
    static boolean isNativeSame(ConvGeometry geometry) {
        return geometry.autoPad() == AutoPad.SAME_UPPER
                && geometry.axes().stream().allMatch(a -> a.stride() <= a.span() + 2);
    }
}
