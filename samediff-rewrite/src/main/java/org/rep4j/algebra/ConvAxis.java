package org.rep4j.algebra;

import java.util.Collection;
import java.util.Optional;

/**
 * One spatial axis of a convolution: how far its taps reach, and where.
 *
 * <p>Tap {@code i} of the kernel reads the input at {@code stride · out + offset(i)} with
 * {@code offset(i) = i · dilation − padBegin}. Two kernels whose offsets coincide are the same convolution; that is all
 * that merging branches of different kernel sizes needs to know. A convolution that reads a cropped input thus has negative
 * padding; that is for the algebra alone, no op of a graph has it.
 *
 * @param kernel number of taps, at least 1
 * @param stride at least 1; like all other numbers, at most {@link #FURTHEST}
 * @param dilation distance between taps, at least 1
 * @param padBegin zeros before the first element; negative for elements cut off, which no tap reads
 * @param padEnd zeros after the last element; negative for elements cut off
 */
public record ConvAxis(int kernel, int stride, int dilation, int padBegin, int padEnd) {

    /** No tap lies further from another one, and no padding is wider: far beyond any net, and products of three fit a long. */
    public static final int FURTHEST = 1 << 20;

    /** @throws IllegalArgumentException if a number is outside its range */
    public ConvAxis {
        if (kernel < 1 || stride < 1 || dilation < 1) {
            throw new IllegalArgumentException("kernel " + kernel + ", stride " + stride + ", dilation " + dilation
                    + ": kernel, stride and dilation must be positive");
        }
        if (kernel == 1) {
            dilation = 1; // a single tap has no spacing
        }
        if ((long) dilation * (kernel - 1) > FURTHEST
                || stride > FURTHEST
                || !isWithinReach(padBegin)
                || !isWithinReach(padEnd)) {
            throw new IllegalArgumentException("kernel " + kernel + ", stride " + stride + ", dilation " + dilation
                    + ", padding " + padBegin + "," + padEnd + ": larger than " + FURTHEST);
        }
    }

    /** The axis of a 1-tap kernel without padding. */
    public static ConvAxis pointwise(int stride) {
        return new ConvAxis(1, stride, 1, 0, 0);
    }

    /** Where tap {@code tap} reads, relative to {@code stride · out}. */
    public int offset(int tap) {
        return tap * dilation - padBegin;
    }

    /** Distance from the first to the last tap. */
    public int span() {
        return dilation * (kernel - 1);
    }

    /**
     * Padding minus {@link #span()}. Two axes of equal stride and slack have the same output size for every input size.
     */
    public int slack() {
        return padBegin + padEnd - span();
    }

    /** Output size for an input of size {@code input}: {@code ⌊(input + slack − 1) / stride⌋ + 1}. */
    public long outputSize(long input) {
        return Math.floorDiv(input + slack() - 1, stride) + 1;
    }

    /** Whether the output has the size of the input, whatever that is. */
    public boolean keepsSize() {
        return stride == 1 && slack() == 0;
    }

    /** Whether {@link #padded} stays within {@link #FURTHEST}. */
    public boolean canBePadded(int moreBegin, int moreEnd) {
        return isWithinReach((long) padBegin + moreBegin) && isWithinReach((long) padEnd + moreEnd);
    }

    private static boolean isWithinReach(long number) {
        return Math.abs(number) <= FURTHEST;
    }

    /** Whether elements of the input are cut off. */
    public boolean isCropped() {
        return padBegin < 0 || padEnd < 0;
    }

    /**
     * This axis with more padding. Negative numbers cut off instead, which is the same convolution on a cropped input only
     * where this axis has no padding on that side: zeros around a cropped input are not what was cut off.
     */
    public ConvAxis padded(int moreBegin, int moreEnd) {
        return new ConvAxis(kernel, stride, dilation, padBegin + moreBegin, padEnd + moreEnd);
    }

    /**
     * What axes of equal stride must have in common so that their outputs have the same size: the size itself where that of
     * the input is known, else {@link #slack()}. A wide stride rounds the size down, so slacks may differ where sizes agree:
     * TensorFlow's SAME has 3 taps with padding 0,1 beside 1 tap without padding.
     *
     * @param inputSize −1 where unknown
     */
    public long sizeKey(long inputSize) {
        return inputSize < 0 ? slack() : outputSize(inputSize);
    }

    /** {@link #hull(Collection, long)} for an unknown input size: empty where slacks differ. */
    public static Optional<ConvAxis> hull(Collection<ConvAxis> axes) {
        return hull(axes, -1);
    }

    /**
     * The smallest axis whose taps include all taps of {@code axes}, with the first one's slack: the tap alignment rule. Empty
     * where strides or output sizes differ, or where it would reach too far.
     *
     * @param axes at least one
     * @param inputSize −1 where unknown
     */
    public static Optional<ConvAxis> hull(Collection<ConvAxis> axes, long inputSize) {
        ConvAxis first = axes.iterator().next();
        if (axes.stream().anyMatch(a -> a.sizeKey(inputSize) != first.sizeKey(inputSize))) {
            return Optional.empty();
        }
        return taps(axes).flatMap(hull -> {
            int padEnd = first.slack() - hull.slack();
            return hull.canBePadded(0, padEnd) ? Optional.of(hull.padded(0, padEnd)) : Optional.empty();
        });
    }

    /**
     * The smallest axis whose taps include all taps of {@code axes}, without padding at its end. Empty where strides differ or
     * it would reach too far.
     */
    static Optional<ConvAxis> taps(Collection<ConvAxis> axes) {
        ConvAxis first = axes.iterator().next();
        int from = first.offset(0);
        int to = from;
        int spacing = 0;
        for (ConvAxis axis : axes) {
            if (axis.stride != first.stride) {
                return Optional.empty();
            }
            from = Math.min(from, axis.offset(0));
            to = Math.max(to, axis.offset(axis.kernel - 1));
            spacing = gcd(spacing, Math.abs(axis.offset(0) - first.offset(0)));
            spacing = gcd(spacing, axis.kernel == 1 ? 0 : axis.dilation);
        }
        int dilation = Math.max(spacing, 1);
        return to - from > FURTHEST
                ? Optional.empty()
                : Optional.of(new ConvAxis((to - from) / dilation + 1, first.stride, dilation, -from, 0));
    }

    /**
     * The axis of {@code second} applied to what {@code first} gives: strides multiply, and its taps include all
     * {@code first.stride · second.offset(j) + first.offset(i)}. Its output has the size of the chain's for every input
     * size. Empty where it would reach too far.
     *
     * <p>It is that of the chain's convolution where {@code second} reads no padding, or where padding the input of
     * {@code first} instead comes to the same.
     */
    public static Optional<ConvAxis> compose(ConvAxis first, ConvAxis second) {
        long apart = (long) first.stride * second.dilation;
        long span = (long) first.stride * second.span() + first.span();
        long stride = (long) first.stride * second.stride;
        long padBegin = first.padBegin + (long) first.stride * second.padBegin;
        long padEnd = first.padEnd + (long) first.stride * second.padEnd;
        if (span > FURTHEST || stride > FURTHEST || !isWithinReach(padBegin) || !isWithinReach(padEnd)) {
            return Optional.empty();
        }
        int spacing = gcd(first.kernel == 1 ? 0 : first.dilation, second.kernel == 1 ? 0 : (int) apart);
        int dilation = Math.max(spacing, 1);
        return Optional.of(
                new ConvAxis((int) span / dilation + 1, (int) stride, dilation, (int) padBegin, (int) padEnd));
    }

    /**
     * The tap of this axis that reads where tap {@code tap} of {@code smaller} reads.
     *
     * @throws IllegalArgumentException if this axis has no such tap
     */
    public int tapOf(ConvAxis smaller, int tap) {
        return tapAt(smaller.offset(tap));
    }

    /**
     * The tap of this axis whose {@link #offset} is the given one.
     *
     * @throws IllegalArgumentException if this axis has no such tap
     */
    public int tapAt(int offset) {
        int distance = offset - offset(0);
        if (distance < 0 || distance % dilation != 0 || distance / dilation >= kernel) {
            throw new IllegalArgumentException(this + " has no tap at " + offset);
        }
        return distance / dilation;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
