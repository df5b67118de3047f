package org.rep4j.algebra;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sizes of a convolution kernel in canonical order, O × (I/groups) × k₁ × … × kₙ.
 *
 * <p>A linear layer is a kernel without spatial axes. A transposed convolution has the same canonical order: O counts its
 * output channels, whatever the order in which its graph stores them.
 *
 * @param outChannels O, a multiple of {@code groups}
 * @param inChannelsPerGroup I/groups
 * @param groups at least 1
 * @param spatial kernel size on each spatial axis
 */
public record KernelShape(int outChannels, int inChannelsPerGroup, int groups, List<Integer> spatial) {

    /** @throws IllegalArgumentException if a size is not positive or the groups do not divide the output channels */
    public KernelShape {
        spatial = List.copyOf(spatial);
        if (outChannels < 1
                || inChannelsPerGroup < 1
                || groups < 1
                || spatial.stream().anyMatch(k -> k < 1)) {
            throw new IllegalArgumentException("a kernel of " + outChannels + "x" + inChannelsPerGroup + "x" + spatial
                    + " in " + groups + " groups has a size that is not positive");
        }
        if (outChannels % groups != 0) {
            throw new IllegalArgumentException(outChannels + " output channels cannot form " + groups + " groups");
        }
    }

    /** I, over all groups. */
    public int inChannels() {
        return inChannelsPerGroup * groups;
    }

    /** Number of spatial taps. */
    public int taps() {
        return spatial.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }

    /** Number of weights, without the bias. */
    public long weights() {
        return Math.multiplyExact((long) outChannels * inChannelsPerGroup, (long) taps());
    }

    /** Whether each group has a single input channel. */
    public boolean isDepthwise() {
        return inChannelsPerGroup == 1 && groups > 1;
    }

    /** The group that writes output channel {@code out}. */
    public int groupOf(int out) {
        return out / (outChannels / groups);
    }

    /** This shape with another number of output channels. */
    public KernelShape withOutChannels(int number) {
        return new KernelShape(number, inChannelsPerGroup, groups, spatial);
    }

    /** This shape with other spatial sizes. */
    public KernelShape withSpatial(List<Integer> sizes) {
        return new KernelShape(outChannels, inChannelsPerGroup, groups, sizes);
    }

    /**
     * The shape of the same function in fewer groups.
     *
     * @throws IllegalArgumentException if {@code fewer} does not divide the number of groups
     */
    public KernelShape regrouped(int fewer) {
        if (fewer < 1 || groups % fewer != 0) {
            throw new IllegalArgumentException(groups + " groups cannot be joined to " + fewer);
        }
        return new KernelShape(outChannels, Math.multiplyExact(inChannelsPerGroup, groups / fewer), fewer, spatial);
    }

    /** For example {@code 64x32x3x3 in 2 groups}. */
    @Override
    public String toString() {
        String sizes = Stream.concat(Stream.of(outChannels, inChannelsPerGroup), spatial.stream())
                .map(String::valueOf)
                .collect(Collectors.joining("x"));
        return groups == 1 ? sizes : sizes + " in " + groups + " groups";
    }
}
