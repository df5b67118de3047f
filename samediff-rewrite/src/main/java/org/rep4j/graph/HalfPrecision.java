package org.rep4j.graph;

/** The two 16-bit formats, which Java has no type for. Rounds to nearest, ties to even. */
public final class HalfPrecision {
    private HalfPrecision() {}

    /** The number with these bits in IEEE 754 binary16. */
    public static double halfToDouble(short half) {
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        double magnitude = switch (exponent) {
            case 0 -> fraction * 0x1p-24;
            case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> Math.scalb(1 + fraction * 0x1p-10, exponent - 15);
        };
        return half < 0 ? -magnitude : magnitude;
    }

    /** The bits of the binary16 nearest to {@code value}. */
    public static short doubleToHalf(double value) {
        int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs(value);
        if (Double.isNaN(magnitude)) {
            return (short) (sign | 0x7e00);
        }
        // Scaled so that the last place of the half is 1; rint rounds ties to even.
        int exponent = Math.max(Math.getExponent(magnitude), -14);
        double rounded = exponent > 15 ? Double.POSITIVE_INFINITY : Math.rint(Math.scalb(magnitude, 10 - exponent));
        if (rounded >= 2048) { // rounding carried into the next binade
            rounded /= 2;
            exponent++;
        }
        if (exponent > 15) {
            return (short) (sign | 0x7c00);
        }
        int biased = rounded < 1024 ? 0 : exponent + 15; // below 1024: subnormal
        return (short) (sign | (biased << 10) | ((int) rounded & 0x3ff));
    }

    /** The number whose binary32 begins with these bits. */
    public static double bfloatToDouble(short bfloat) {
        return Float.intBitsToFloat(bfloat << 16);
    }

    /** The bits of the bfloat16 nearest to {@code value}. */
    public static short doubleToBfloat(double value) {
        int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs(value);
        if (Double.isNaN(magnitude)) {
            return (short) (sign | 0x7fc0);
        }
        int exponent = Math.max(Math.getExponent(magnitude), -126);
        double rounded = exponent > 127 ? Double.POSITIVE_INFINITY : Math.rint(Math.scalb(magnitude, 7 - exponent));
        if (rounded >= 256) {
            rounded /= 2;
            exponent++;
        }
        if (exponent > 127) {
            return (short) (sign | 0x7f80);
        }
        int biased = rounded < 128 ? 0 : exponent + 127;
        return (short) (sign | (biased << 7) | ((int) rounded & 0x7f));
    }
}
