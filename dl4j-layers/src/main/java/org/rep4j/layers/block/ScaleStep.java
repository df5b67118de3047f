package org.rep4j.layers.block;

import java.util.List;
import org.rep4j.layers.block.Parameter.Role;

/**
 * One learned factor for each channel.
 *
 * @param name of its parameter
 * @param channels how many there are
 * @param initial the factors at first
 * @param deviation standard deviation of the factors at first, around {@code initial}; 0 for none
 */
public record ScaleStep(String name, long channels, double initial, double deviation) implements Step {
    /** Factors that are all the same at first. */
    public ScaleStep(String name, long channels, double initial) {
        this(name, channels, initial, 0);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(Parameter.drawn(name, Role.AFFINE, initial, deviation, channels));
    }

    @Override
    public long[] outputSizes(long... sizes) {
        return sizes;
    }
}
