package org.rep4j.layers.block;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution of each channel by itself with numbers that are not learned.
 *
 * @param filter which numbers
 * @param channels how many there are
 * @param window where its taps lie
 */
public record FilterStep(Filter filter, long channels, Window window) implements Step {
    /** Checks that the filter can be so large. */
    public FilterStep {
        int[] kernel = window.kernel();
        if (filter != Filter.AVERAGE && (kernel[0] != 3 || kernel[1] != 3)) {
            throw new IllegalArgumentException(filter + " is a filter of 3×3 taps");
        }
    }

    /** Its numbers, {@code [height, width, channels, 1]}. */
    public INDArray weights(DataType type) {
        int[] kernel = window.kernel();
        double[] taps = new double[Math.toIntExact(kernel[0] * kernel[1] * channels)];
        for (int i = 0; i < taps.length; i++) {
            int place = (int) (i / channels);
            taps[i] = filter.tap(place / kernel[1], place % kernel[1], i % channels, channels, kernel);
        }
        return Nd4j.createFromArray(taps).castTo(type).reshape('c', kernel[0], kernel[1], channels, 1);
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
