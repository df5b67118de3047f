package org.rep4j.layers.block;

import java.util.List;

/**
 * The mean of each window, which lies within the image.
 *
 * @param channels how many there are
 * @param window without padding or dilation
 */
public record AveragePoolStep(long channels, Window window) implements Step {
    /** Checks that the windows lie within the image. */
    public AveragePoolStep {
        if (window.same()
                || window.axes().stream().anyMatch(a -> a.dilation() > 1 || a.padBegin() != 0 || a.padEnd() != 0)) {
            throw new IllegalArgumentException("an average pool of a branch has neither padding nor dilation");
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
