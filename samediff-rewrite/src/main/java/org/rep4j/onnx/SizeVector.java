package org.rep4j.onnx;

import java.util.List;

/**
 * A scalar or vector of integers that shape arithmetic computes, of which some may be unknown.
 *
 * @param dataType ONNX's number for its format
 * @param isScalar whether its rank is 0; else it is 1
 */
record SizeVector(int dataType, boolean isScalar, List<Size> sizes) {
    /** Copies the list. */
    SizeVector {
        sizes = List.copyOf(sizes);
    }

    boolean isKnown() {
        return sizes.stream().allMatch(Size::isKnown);
    }

    List<Long> dims() {
        return isScalar ? List.of() : List.of((long) sizes.size());
    }

    /** The numbers of a vector that {@link #isKnown}. */
    long[] numbers() {
        return sizes.stream().mapToLong(Size::number).toArray();
    }

    SizeVector with(boolean scalar, List<Size> changed) {
        return new SizeVector(dataType, scalar, changed);
    }
}
