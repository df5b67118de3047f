package org.rep4j.layers.block;

import java.util.List;
import org.rep4j.layers.block.Parameter.Role;

/**
 * A batch normalization over the channels: {@code γ (x − μ) / √(σ² + ε) + β}, with mean and variance of the batch in training and their
 * running averages otherwise.
 *
 * @param name prefix of its parameters
 * @param channels how many there are
 * @param eps ε
 * @param decay what the running averages keep of themselves at each step
 * @param initialScale γ at first
 * @param border how many rows and columns are added on each side, of what it makes of zeros: the padding of a convolution behind it,
 *     which pads what comes before both (Diverse Branch Block, {@code BNAndPad})
 */
public record BatchNormStep(String name, long channels, double eps, double decay, double initialScale, int border)
        implements Step {
    /** A batch normalization that starts as the identity and adds no border. */
    public static BatchNormStep of(String name, long channels, double eps, double decay) {
        return new BatchNormStep(name, channels, eps, decay, 1, 0);
    }

    /** Name of γ. */
    public String gamma() {
        return name + "Gamma";
    }

    /** Name of β. */
    public String beta() {
        return name + "Beta";
    }

    /** Name of the running mean. */
    public String mean() {
        return name + "Mean";
    }

    /** Name of the running variance. */
    public String variance() {
        return name + "Var";
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.perChannel(gamma(), Role.AFFINE, initialScale, channels),
                Parameter.perChannel(beta(), Role.AFFINE, 0, channels),
                Parameter.perChannel(mean(), Role.STATISTIC, 0, channels),
                Parameter.perChannel(variance(), Role.STATISTIC, 1, channels));
    }

    @Override
    public long[] outputSizes(long... sizes) {
        return new long[] {sizes[0] + 2L * border, sizes[1] + 2L * border};
    }
}
