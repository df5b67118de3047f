package org.rep4j.layers.block;

import java.util.List;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;

/**
 * The windows of a convolution or a pool on an image: height first, then width.
 *
 * @param axes kernel size, stride, dilation and padding; negative padding crops
 * @param same whether the padding follows from the size of the image instead, as in TensorFlow's SAME
 */
public record Window(List<ConvAxis> axes, boolean same) {
    /** Copies the list. */
    public Window {
        axes = List.copyOf(axes);
    }

    /** One element, at every {@code stride}-th place. */
    public static Window pointwise(int... stride) {
        return new Window(List.of(new ConvAxis(1, stride[0], 1, 0, 0), new ConvAxis(1, stride[1], 1, 0, 0)), false);
    }

    /**
     * The geometry on an image of a known size, with numbers for the padding.
     *
     * @param sizes height and width
     */
    public ConvGeometry on(long... sizes) {
        return same ? ConvGeometry.same(axes, sizes, AutoPad.SAME_UPPER) : ConvGeometry.of(axes);
    }

    /** Height and width of the image that these windows make of one of {@code sizes}; not positive where none fits. */
    public long[] outputSizes(long... sizes) {
        return on(sizes).outputSizes(sizes);
    }

    /** The kernel's height and width. */
    public int[] kernel() {
        return axes.stream().mapToInt(ConvAxis::kernel).toArray();
    }

    /** Whether image and result have the same height and width, whatever these are. */
    public boolean keepsSize() {
        return axes.stream().allMatch(a -> a.stride() == 1 && (same || a.slack() == 0));
    }
}
