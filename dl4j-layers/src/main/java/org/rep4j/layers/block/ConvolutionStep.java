package org.rep4j.layers.block;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.layers.block.Parameter.Role;

/**
 * A convolution.
 *
 * @param name prefix of its parameters
 * @param in input channels
 * @param out output channels
 * @param groups which divide both
 * @param window where its taps lie
 * @param bias the initial value of its bias, NaN for none
 */
public record ConvolutionStep(String name, long in, long out, int groups, Window window, double bias) implements Step {
    /** Checks the groups. */
    public ConvolutionStep {
        if (groups < 1 || in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException(groups + " groups do not divide " + in + " and " + out + " channels");
        }
    }

    /** A convolution without bias. */
    public static ConvolutionStep unbiased(String name, long in, long out, int groups, Window window) {
        return new ConvolutionStep(name, in, out, groups, window, Double.NaN);
    }

    /** Whether each group reads one channel. */
    public boolean isDepthwise() {
        return groups > 1 && groups == in;
    }

    /** Whether it has a bias. */
    public boolean hasBias() {
        return !Double.isNaN(bias);
    }

    /** Name of its kernel. */
    public String weight() {
        return name + "W";
    }

    /** Name of its bias. */
    public String biasName() {
        return name + "b";
    }

    /**
     * The kernel has its taps first, the order in which ND4J trains them: {@code [height, width, in, out]}; with groups,
     * {@code [groups, height, width, in / groups, out / groups]}; depthwise, {@code [height, width, in, out / in]}.
     */
    @Override
    public List<Parameter> parameters() {
        int[] kernel = window.kernel();
        List<Parameter> parameters = new ArrayList<>();
        if (isDepthwise()) {
            parameters.add(Parameter.weight(weight(), kernel[0], kernel[1], in, out / in));
        } else if (groups > 1) {
            parameters.add(Parameter.weight(weight(), groups, kernel[0], kernel[1], in / groups, out / groups));
        } else {
            parameters.add(Parameter.weight(weight(), kernel[0], kernel[1], in, out));
        }
        if (hasBias()) {
            parameters.add(Parameter.perChannel(biasName(), Role.BIAS, bias, out));
        }
        return parameters;
    }

    @Override
    public long[] outputSizes(long... sizes) {
        return window.outputSizes(sizes);
    }
}
