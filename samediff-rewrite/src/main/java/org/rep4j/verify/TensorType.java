package org.rep4j.verify;

/** Element types of the tensors that go into a model and come out of it, and how far equivalent models may differ. */
public enum TensorType {
    /** IEEE 754 binary16. */
    FLOAT16(2e-2),
    /** The upper half of a binary32. */
    BFLOAT16(1e-1),
    /** IEEE 754 binary32. */
    FLOAT32(1e-4),
    /** IEEE 754 binary64. */
    FLOAT64(1e-9),
    /** Signed, 8 bits. */
    INT8(0),
    /** Signed, 16 bits. */
    INT16(0),
    /** Signed, 32 bits. */
    INT32(0),
    /** Signed, 64 bits. */
    INT64(0),
    /** Unsigned, 8 bits. */
    UINT8(0),
    /** True or false. */
    BOOL(0);

    private final double defaultTolerance;

    TensorType(double defaultTolerance) {
        this.defaultTolerance = defaultTolerance;
    }

    /**
     * The largest difference, relative to the largest output, that rounding is expected to cause; 0 for types that do not
     * round. docs/verification.md gives the reasons.
     */
    public double defaultTolerance() {
        return defaultTolerance;
    }

    /** Whether elements are rounded. */
    public boolean isFloatingPoint() {
        return defaultTolerance > 0;
    }
}
