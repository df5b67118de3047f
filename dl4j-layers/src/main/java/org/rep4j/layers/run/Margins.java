package org.rep4j.layers.run;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rows and columns that are added to an image, or taken away where negative.
 *
 * @param layout of the image
 */
record Margins(Layout layout, long top, long bottom, long left, long right) {
    /** Whether there are none. */
    boolean areEmpty() {
        return top == 0 && bottom == 0 && left == 0 && right == 0;
    }

    /** The image with zeros at its margins; a new array. */
    INDArray around(INDArray image) {
        long[] sizes = layout.sizes(image);
        INDArray result = Nd4j.create(
                image.dataType(),
                layout.shape(image.size(0), layout.channels(image), sizes[0] + top + bottom, sizes[1] + left + right));
        inner(result).assign(outer(image));
        return result;
    }

    /**
     * The way back: what of a gradient belongs to the image; zeros where that was cropped.
     *
     * @param sizes height and width of the image
     */
    INDArray within(INDArray gradient, long... sizes) {
        INDArray result = Nd4j.create(
                gradient.dataType(), layout.shape(gradient.size(0), layout.channels(gradient), sizes[0], sizes[1]));
        outer(result).assign(inner(gradient));
        return result;
    }

    /** The part of the larger image that holds the smaller one. */
    INDArray inner(INDArray padded) {
        return cut(padded, Math.max(0, top), Math.max(0, bottom), Math.max(0, left), Math.max(0, right));
    }

    /** The part of the image that is not cropped. */
    private INDArray outer(INDArray image) {
        return cut(image, Math.max(0, -top), Math.max(0, -bottom), Math.max(0, -left), Math.max(0, -right));
    }

    private INDArray cut(INDArray image, long fromTop, long fromBottom, long fromLeft, long fromRight) {
        long[] sizes = layout.sizes(image);
        return layout.region(image, fromTop, sizes[0] - fromBottom, fromLeft, sizes[1] - fromRight);
    }
}
