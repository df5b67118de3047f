package org.rep4j.algebra;

/**
 * The orders in which graphs store kernels. O and I count output and input channels, g groups, k spatial taps.
 *
 * <p>A linear layer is a kernel without taps: {@link #OIK} is {@code [out, in]}, {@link #KIO} is {@code [in, out]}.
 */
public enum KernelLayout {
    /** {@code [O, I/g, k…]}: canonical; ONNX Conv, SameDiff's OIYX. */
    OIK,
    /** {@code [I, O/g, k…]}: ONNX ConvTranspose. */
    IOK,
    /** {@code [k…, I, O]}: SameDiff's YXIO; {@code [k…, C, multiplier]} of depthwise_conv2d, which is the same order. */
    KIO,
    /** {@code [k…, O, I]}: SameDiff's deconv2d. */
    KOI,
    /** {@code [O, k…, I]}: SameDiff's OYXI. */
    OKI;

    /** Position in storage of the weight from channel {@code in} of its group, on tap {@code tap}, to {@code out}. */
    private int offset(KernelShape shape, int out, int in, int tap, int taps) {
        int outs = shape.outChannels();
        int ins = shape.inChannelsPerGroup();
        return switch (this) {
            case OIK -> (out * ins + in) * taps + tap;
            case IOK -> {
                int outsPerGroup = outs / shape.groups();
                int input = out / outsPerGroup * ins + in;
                yield (input * outsPerGroup + out % outsPerGroup) * taps + tap;
            }
            case KIO -> (tap * ins + in) * outs + out;
            case KOI -> (tap * outs + out) * ins + in;
            case OKI -> (out * taps + tap) * ins + in;
        };
    }

    /**
     * Stored weights in canonical order {@code [O, I/g, k…]}.
     *
     * @return {@code stored} itself where the orders agree
     */
    public double[] toCanonical(double[] stored, KernelShape shape) {
        return reorder(stored, shape, true);
    }

    /**
     * Canonical weights in this order.
     *
     * @return {@code canonical} itself where the orders agree
     */
    public double[] fromCanonical(double[] canonical, KernelShape shape) {
        return reorder(canonical, shape, false);
    }

    private double[] reorder(double[] source, KernelShape shape, boolean toCanonical) {
        if (this == OIK) {
            return source;
        }
        int taps = shape.taps();
        double[] result = new double[source.length];
        int canonical = 0;
        for (int out = 0; out < shape.outChannels(); out++) {
            for (int in = 0; in < shape.inChannelsPerGroup(); in++) {
                for (int tap = 0; tap < taps; tap++, canonical++) {
                    int stored = offset(shape, out, in, tap, taps);
                    if (toCanonical) {
                        result[canonical] = source[stored];
                    } else {
                        result[stored] = source[canonical];
                    }
                }
            }
        }
        return result;
    }
}
