package org.rep4j.graph;

/** The number formats that kernels come in, and what they can hold. */
public enum ElementType {
    /** IEEE 754 binary16. */
    FLOAT16(2, 65504, 0x1p-11),
    /** The upper half of a binary32. */
    BFLOAT16(2, 0x1.FEp127, 0x1p-8),
    /** IEEE 754 binary32. */
    FLOAT32(4, Float.MAX_VALUE, 0x1p-24),
    /** IEEE 754 binary64. */
    FLOAT64(8, Double.MAX_VALUE, 0x1p-53),
    /** Anything else: integers, booleans, strings, quantized numbers. Never folded. */
    OTHER(0, 0, 0);

    private final int bytes;
    private final double largest;
    private final double unitRoundoff;

    ElementType(int bytes, double largest, double unitRoundoff) {
        this.bytes = bytes;
        this.largest = largest;
        this.unitRoundoff = unitRoundoff;
    }

    /** Size of one number; 0 for {@link #OTHER}. */
    public int bytes() {
        return bytes;
    }

    /** The largest finite number of this type. */
    public double largest() {
        return largest;
    }

    /** Largest relative error of rounding a number to this type. */
    public double unitRoundoff() {
        return unitRoundoff;
    }

    /** Whether kernels of this type can be folded. */
    public boolean isFloatingPoint() {
        return this != OTHER;
    }
}
