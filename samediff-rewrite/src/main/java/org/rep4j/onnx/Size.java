package org.rep4j.onnx;

import java.util.List;
import java.util.stream.LongStream;
import org.rep4j.graph.Shape;

/**
 * One integer of those that shape arithmetic computes.
 *
 * @param isKnown whether {@code number} is its value
 * @param number otherwise the name of an unknown size, −2 or less, by which it is told from others; −1 if it has none
 */
record Size(boolean isKnown, long number) {
    /** An integer of which nothing is known. */
    static final Size UNKNOWN = new Size(false, Shape.UNKNOWN_DIM);

    /** An integer of this value, which may be negative. */
    static Size of(long number) {
        return new Size(true, number);
    }

    /** The size of an axis as a shape has it: known, named, or unknown. */
    static Size ofDim(long dim) {
        return new Size(dim >= 0, dim);
    }

    static List<Size> listOf(long... numbers) {
        return LongStream.of(numbers).mapToObj(Size::of).toList();
    }

    static boolean allKnown(List<Size> sizes) {
        return sizes.stream().allMatch(Size::isKnown);
    }
}
