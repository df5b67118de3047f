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
 * @param stride at least 1
 * @param dilation distance between taps, at least 1
 * @param padBegin zeros before the first element, not negative
 * @param padEnd zeros after the last element, not negative
 */
public record ConvAxis(int kernel, int stride, int dilation, int padBegin, int padEnd) {

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

    /** This axis with more padding. */
    public ConvAxis padded(int moreBegin, int moreEnd) {
        return new ConvAxis(kernel, stride, dilation, padBegin + moreBegin, padEnd + moreEnd);
    }

    /**
     * The smallest axis whose taps include all taps of {@code axes}: the tap alignment rule. Empty where strides or
     * slacks differ (the outputs would differ in size) or where the hull would need negative padding.
     *
     * @param axes at least one
     */
    public static Optional<ConvAxis> hull(Collection<ConvAxis> axes) {
        ConvAxis first = axes.iterator().next();
        int from = first.offset(0);
        int to = from;
        int spacing = 0;
        for (ConvAxis axis : axes) {
            if (axis.stride != first.stride || axis.slack() != first.slack()) {
                return Optional.empty();
            }
            from = Math.min(from, axis.offset(0));
            to = Math.max(to, axis.offset(axis.kernel - 1));
            spacing = gcd(spacing, Math.abs(axis.offset(0) - first.offset(0)));
            spacing = gcd(spacing, axis.kernel == 1 ? 0 : axis.dilation);
        }
        int dilation = Math.max(spacing, 1);
        int kernel = (to - from) / dilation + 1;
        int padBegin = -from;
        int padEnd = first.slack() + dilation * (kernel - 1) - padBegin;
        if (padBegin < 0 || padEnd < 0) {
            return Optional.empty();
        }
        return Optional.of(new ConvAxis(kernel, first.stride, dilation, padBegin, padEnd));
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
