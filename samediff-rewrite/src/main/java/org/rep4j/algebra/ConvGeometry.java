package org.rep4j.algebra;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Where the taps of a convolution lie, axis by axis: kernel size, stride, dilation, padding.
 *
 * <p>{@link AutoPad#SAME_UPPER} and {@link AutoPad#SAME_LOWER} are for convolutions whose padding depends on an input
 * size that is not known; where it is known, or the stride is 1, {@link #same} resolves it.
 *
 * @param axes one entry per spatial axis, outermost first; with an automatic padding their pads are 0
 * @param autoPad {@link AutoPad#EXPLICIT}, or how the padding follows from the input size
 */
public record ConvGeometry(List<ConvAxis> axes, AutoPad autoPad) {

    /** How padding is determined. */
    public enum AutoPad {
        /** By the numbers in the axes. */
        EXPLICIT,
        /** So that the output has ⌈input/stride⌉ elements, an odd zero at the end (TensorFlow's SAME). */
        SAME_UPPER,
        /** The same, an odd zero at the beginning. */
        SAME_LOWER
    }

    /** Copies the list. */
    public ConvGeometry {
        axes = List.copyOf(axes);
    }

    /** A geometry with explicit padding. */
    public static ConvGeometry of(List<ConvAxis> axes) {
        return new ConvGeometry(axes, AutoPad.EXPLICIT);
    }

    /** A geometry with explicit padding. */
    public static ConvGeometry of(ConvAxis... axes) {
        return of(List.of(axes));
    }

    /** The geometry of a 1×…×1 kernel of stride 1. */
    public static ConvGeometry pointwise(int spatialAxes) {
        return of(Collections.nCopies(spatialAxes, ConvAxis.pointwise(1)));
    }

    /**
     * The geometry of SAME padding, resolved to numbers where each axis has stride 1 or a known input size.
     *
     * @param axes kernel, stride and dilation; their pads are ignored
     * @param inputSizes size of the input on each axis, −1 where unknown
     * @param autoPad {@link AutoPad#SAME_UPPER} or {@link AutoPad#SAME_LOWER}
     */
    public static ConvGeometry same(List<ConvAxis> axes, long[] inputSizes, AutoPad autoPad) {
        List<ConvAxis> resolved = new ArrayList<>();
        boolean known = true;
        for (int i = 0; i < axes.size(); i++) {
            ConvAxis axis = axes.get(i);
            ConvAxis bare = new ConvAxis(axis.kernel(), axis.stride(), axis.dilation(), 0, 0);
            if (axis.stride() > 1 && inputSizes[i] < 0) {
                known = false;
                resolved.add(bare);
                continue;
            }
            long outputs = axis.stride() == 1 ? 0 : (inputSizes[i] + axis.stride() - 1) / axis.stride();
            long total = axis.stride() == 1
                    ? axis.span()
                    : Math.max(0, (outputs - 1) * axis.stride() + axis.span() + 1 - inputSizes[i]);
            int less = (int) (total / 2);
            int more = (int) (total - less);
            resolved.add(autoPad == AutoPad.SAME_UPPER ? bare.padded(less, more) : bare.padded(more, less));
        }
        if (known) {
            return of(resolved);
        }
        return new ConvGeometry(
                axes.stream()
                        .map(a -> new ConvAxis(a.kernel(), a.stride(), a.dilation(), 0, 0))
                        .toList(),
                autoPad);
    }

    /** Whether the padding is known in numbers. */
    public boolean isResolved() {
        return autoPad == AutoPad.EXPLICIT;
    }

    /** Number of spatial axes: 1, 2 or 3. */
    public int rank() {
        return axes.size();
    }

    /** Number of taps on each axis. */
    public List<Integer> kernel() {
        return axes.stream().map(ConvAxis::kernel).toList();
    }

    /** Number of taps, the product over all axes. */
    public long taps() {
        return axes.stream().mapToLong(ConvAxis::kernel).reduce(1, Math::multiplyExact);
    }

    /** Whether the output has the size of the input on each axis, whatever that is. */
    public boolean keepsSize() {
        return isResolved() && axes.stream().allMatch(ConvAxis::keepsSize);
    }

    /** Whether elements of the input are cut off on some axis. */
    public boolean isCropped() {
        return axes.stream().anyMatch(ConvAxis::isCropped);
    }

    /** Whether the kernel is 1×…×1. */
    public boolean isPointwise() {
        return axes.stream().allMatch(a -> a.kernel() == 1);
    }

    /**
     * Output sizes for the given input sizes, −1 for those that are unknown.
     *
     * @param inputSizes one entry per axis, −1 where unknown
     */
    public long[] outputSizes(long[] inputSizes) {
        long[] sizes = new long[axes.size()];
        for (int i = 0; i < sizes.length; i++) {
            int stride = axes.get(i).stride();
            sizes[i] = inputSizes[i] < 0
                    ? -1
                    : isResolved() ? axes.get(i).outputSize(inputSizes[i]) : (inputSizes[i] + stride - 1) / stride;
        }
        return sizes;
    }

    /**
     * This geometry with explicit padding added around what it has; see {@link ConvAxis#padded} for negative numbers.
     *
     * @throws IllegalStateException if the padding is automatic
     */
    public ConvGeometry padded(int[] begin, int[] end) {
        if (!isResolved()) {
            throw new IllegalStateException("padding " + autoPad + " is not known in numbers");
        }
        List<ConvAxis> padded = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            padded.add(axes.get(i).padded(begin[i], end[i]));
        }
        return of(padded);
    }

    /** {@link #hull(Collection, long[])} for an input of which no size is known. */
    public static Optional<ConvGeometry> hull(Collection<ConvGeometry> geometries) {
        long[] unknown = new long[geometries.iterator().next().rank()];
        Arrays.fill(unknown, -1);
        return hull(geometries, unknown);
    }

    /**
     * The smallest geometry whose taps include all taps of {@code geometries} and whose output has their size; empty if
     * there is none, see {@link ConvAxis#hull(Collection, long)}. Equal geometries are their own hull, even unresolved ones.
     *
     * @param geometries at least one
     * @param inputSizes one entry per axis, −1 where unknown
     */
    public static Optional<ConvGeometry> hull(Collection<ConvGeometry> geometries, long[] inputSizes) {
        ConvGeometry first = geometries.iterator().next();
        if (geometries.stream().allMatch(first::equals)) {
            return Optional.of(first);
        }
        if (geometries.stream().anyMatch(g -> !g.isResolved() || g.rank() != first.rank())) {
            return Optional.empty();
        }
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < first.rank(); i++) {
            int axis = i;
            Optional<ConvAxis> hull =
                    ConvAxis.hull(geometries.stream().map(g -> g.axes.get(axis)).toList(), inputSizes[axis]);
            if (hull.isEmpty()) {
                return Optional.empty();
            }
            axes.add(hull.get());
        }
        return Optional.of(of(axes));
    }

    /**
     * The geometry of {@code second} applied to what {@code first} gives, see {@link ConvAxis#compose}; empty where it
     * reaches too far, or where one of them is not resolved or has other axes.
     */
    public static Optional<ConvGeometry> compose(ConvGeometry first, ConvGeometry second) {
        if (!first.isResolved() || !second.isResolved() || first.rank() != second.rank()) {
            return Optional.empty();
        }
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < first.rank(); i++) {
            ConvAxis.compose(first.axes.get(i), second.axes.get(i)).ifPresent(axes::add);
        }
        return axes.size() == first.rank() ? Optional.of(of(axes)) : Optional.empty();
    }

    /** For example {@code 3x3, stride 2x2, padding 1,1,1,1}: begin pads first, as ONNX lists them. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(join(ConvAxis::kernel, "x"));
        if (axes.stream().anyMatch(a -> a.stride() != 1)) {
            text.append(", stride ").append(join(ConvAxis::stride, "x"));
        }
        if (axes.stream().anyMatch(a -> a.dilation() != 1)) {
            text.append(", dilation ").append(join(ConvAxis::dilation, "x"));
        }
        if (!isResolved()) {
            text.append(", padding ").append(autoPad);
        } else if (axes.stream().anyMatch(a -> a.padBegin() != 0 || a.padEnd() != 0)) {
            text.append(", padding ")
                    .append(join(ConvAxis::padBegin, ","))
                    .append(",")
                    .append(join(ConvAxis::padEnd, ","));
        }
        return text.toString();
    }

    private String join(ToIntFunction<ConvAxis> number, String separator) {
        return axes.stream().map(a -> Integer.toString(number.applyAsInt(a))).collect(Collectors.joining(separator));
    }
}
