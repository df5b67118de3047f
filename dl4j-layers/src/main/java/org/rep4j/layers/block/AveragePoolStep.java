package org.rep4j.layers.block;

import java.util.List;

/**
 * The mean of each window, in which zeros that pad the image count: a convolution with a constant kernel.
 *
 * @param channels how many there are
 * @param window without dilation, and with numbers for its padding
 */
public record AveragePoolStep(long channels, Window window) implements Step {
    /** Checks that ND4J's operation can have such windows. */
    public AveragePoolStep {
        if (window.same()
                || window.axes().stream()
                        .anyMatch(a -> a.dilation() > 1 || a.padBegin() < 0 || a.padBegin() != a.padEnd())) {
            throw new IllegalArgumentException(
                    "an average pool of a branch has no dilation, and the same padding on both sides");
        }
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public long[] outputSizes(long... sizes) {
        return window.outputSizes(sizes);
    }
}
