package org.rep4j.layers.block;

import java.util.List;
import org.rep4j.layers.block.Parameter.Role;

/**
 * One learned factor for each channel.
 *
 * @param name of its parameter
 * @param channels how many there are
 * @param initial the factors at first
 */
public record ScaleStep(String name, long channels, double initial) implements Step {
    @Override
    public List<Parameter> parameters() {
        return List.of(Parameter.perChannel(name, Role.AFFINE, initial, channels));
    }

    @Override
    public long[] outputSizes(long... sizes) {
        return sizes;
    }
}
