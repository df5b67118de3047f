package org.rep4j.layers.block;

import java.util.List;
import org.rep4j.layers.block.Parameter.Role;

/**
 * One learned number for each channel, which is added to it.
 *
 * @param name of its parameter
 * @param channels how many there are
 * @param deviation standard deviation of the numbers at first, around 0
 */
public record ShiftStep(String name, long channels, double deviation) implements Step {
    @Override
    public List<Parameter> parameters() {
        return List.of(Parameter.drawn(name, Role.BIAS, 0, deviation, channels));
    }

    @Override
    public long[] outputSizes(long... sizes) {
        return sizes;
    }
}
