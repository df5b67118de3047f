package org.rep4j.samediff;

import java.util.Arrays;
import java.util.List;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;

/** How SameDiff's convolutions can be made to pad. */
enum NativePadding {
    /** By the op's own numbers, the same at both ends of an axis. */
    OWN,
    /** By the op, from the size of its input. */
    SAME,
    /** By a pad op before it. */
    SEPARATE;

    /**
     * The geometry of SAME padding. Where the stride exceeds the kernel by far, libnd4j shifts the taps (it pads by a negative
     * number); that is left to libnd4j, unresolved.
     *
     * @param axes kernel, stride and dilation
     * @param inputSizes spatial sizes of the input, −1 where unknown
     */
    static ConvGeometry geometryOfSame(List<ConvAxis> axes, long[] inputSizes) {
        boolean regular = axes.stream().allMatch(a -> a.stride() <= a.span() + 2);
        return regular
                ? ConvGeometry.same(axes, inputSizes, AutoPad.SAME_UPPER)
                : new ConvGeometry(axes, AutoPad.SAME_UPPER);
    }

    /** How to pad where nothing is known about the input. */
    static NativePadding of(ConvGeometry geometry) {
        long[] unknown = new long[geometry.rank()];
        Arrays.fill(unknown, Shape.UNKNOWN_DIM);
        return of(geometry, unknown, false);
    }

    /**
     * How to pad.
     *
     * @param inputSizes spatial sizes of the input, −1 where unknown
     * @param wasSame whether the convolution that this one replaces had SAME padding, and should keep it
     */
    static NativePadding of(ConvGeometry geometry, long[] inputSizes, boolean wasSame) {
        if (geometry.autoPad() == AutoPad.SAME_LOWER) {
            throw new InvalidGraphException("SameDiff has no convolution with padding SAME_LOWER");
        }
        if (!geometry.isResolved()) {
            return SAME;
        }
        ConvGeometry same = geometryOfSame(geometry.axes(), inputSizes);
        if (wasSame && same.equals(geometry)) {
            return SAME;
        }
        if (geometry.axes().stream().allMatch(a -> a.padBegin() == a.padEnd())) {
            return OWN;
        }
        boolean anySize = geometry.axes().stream().allMatch(a -> a.stride() == 1);
        return anySize && same.equals(geometry) ? SAME : SEPARATE;
    }
}
