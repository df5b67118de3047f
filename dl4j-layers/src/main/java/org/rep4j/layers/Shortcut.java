package org.rep4j.layers;

/** What a block adds where it cannot add its input, which has other channels or another size. */
public enum Shortcut {
    /** Nothing, as in the papers. */
    NONE,
    /** A 1×1 convolution of the input. */
    POINTWISE,
    /** The mean of each window of the input, behind a 1×1 convolution if the channels are others. What pads the image counts as zeros. */
    AVERAGE_POOL
}
