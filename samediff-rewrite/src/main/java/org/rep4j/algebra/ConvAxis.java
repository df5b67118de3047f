package org.rep4j.algebra;

import java.util.Collection;
import java.util.Optional;

/**
 * One spatial axis of a convolution: how far its taps reach, and where.
 *
 * <p>Tap {@code i} of the kernel reads the input at {@code stride · out + offset(i)} with
 * {@code offset(i) = i · dilation − padBegin}. Two kernels whose offsets coincide are the same convolution; that is all
 * that merging branches of different kernel sizes needs to know.
 *
 * @param kernel number of taps, at least 1
 * @param stride at least 1; like all other numbers, at most {@link #FURTHEST}
 * @param dilation distance between taps, at least 1
 * @param padBegin zeros before the first element, not negative
 * @param padEnd zeros after the last element, not negative
 */
public record ConvAxis(int kernel, int stride, int dilation, int padBegin, int padEnd) {

    /** No tap lies further from another one, and no padding is wider: far beyond any net, and products of three fit a long. */
    public static final int FURTHEST = 1 << 20;

    /** @throws IllegalArgumentException if a number is outside its range */
    public ConvAxis {
        if (kernel < 1 || stride < 1 || dilation < 1 || padBegin < 0 || padEnd < 0) {
            throw new IllegalArgumentException("kernel " + kernel + ", stride " + stride + ", dilation " + dilation
                    + ", padding " + padBegin + "," + padEnd
                    + ": kernel, stride and dilation must be positive, padding not negative");
        }
        if (kernel == 1) {
            dilation = 1; // a single tap has no spacing
        }
        if ((long) dilation * (kernel - 1) > FURTHEST
                || stride > FURTHEST
                || padBegin > FURTHEST
                || padEnd > FURTHEST) {
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
        return moreBegin <= FURTHEST - padBegin && moreEnd <= FURTHEST - padEnd;
    }

    /** This axis with more padding. */
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
        int from = first.offset(0);
        int to = from;
        int spacing = 0;
        for (ConvAxis axis : axes) {
            if (axis.stride != first.stride || axis.sizeKey(inputSize) != first.sizeKey(inputSize)) {
                return Optional.empty();
            }
            from = Math.min(from, axis.offset(0));
            to = Math.max(to, axis.offset(axis.kernel - 1));
            spacing = gcd(spacing, Math.abs(axis.offset(0) - first.offset(0)));
            spacing = gcd(spacing, axis.kernel == 1 ? 0 : axis.dilation);
        }
        int dilation = Math.max(spacing, 1);
        int kernel = (to - from) / dilation + 1;
        int padBegin = -from; // the widest of all, so not negative
        int padEnd = first.slack() + to; // at least that of the first, so not negative
        return to - from > FURTHEST || padEnd > FURTHEST
                ? Optional.empty()
                : Optional.of(new ConvAxis(kernel, first.stride, dilation, padBegin, padEnd));
    }

    /**
     * The tap of this axis that reads where tap {@code tap} of {@code smaller} reads.
     *
     * @throws IllegalArgumentException if this axis has no such tap
     */
    public int tapOf(ConvAxis smaller, int tap) {
        int distance = smaller.offset(tap) - offset(0);
        if (distance < 0 || distance % dilation != 0 || distance / dilation >= kernel) {
            throw new IllegalArgumentException("tap " + tap + " of " + smaller + " falls between the taps of " + this);
        }
        return distance / dilation;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
