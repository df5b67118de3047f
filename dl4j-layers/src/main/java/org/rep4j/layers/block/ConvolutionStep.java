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
 * @param isIdentityAtFirst whether its kernel starts as the identity, and is not drawn; only of 1×1 kernels that keep the channels
 */
public record ConvolutionStep(
        String name, long in, long out, int groups, Window window, double bias, boolean isIdentityAtFirst)
        implements Step {
    /** Checks the groups. */
    public ConvolutionStep {
        if (groups < 1 || in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException(groups + " groups do not divide " + in + " and " + out + " channels");
        }
        if (isIdentityAtFirst && (in != out || window.kernel()[0] != 1 || window.kernel()[1] != 1)) {
            throw new IllegalArgumentException("only a 1×1 kernel that keeps the channels can be the identity");
        }
    }

    /** A convolution whose kernel is drawn. */
    public ConvolutionStep(String name, long in, long out, int groups, Window window, double bias) {
        this(name, in, out, groups, window, bias, false);
    }

    /** A convolution without bias. */
    public static ConvolutionStep unbiased(String name, long in, long out, int groups, Window window) {
        return new ConvolutionStep(name, in, out, groups, window, Double.NaN);
    }

    /** A 1×1 convolution without bias that starts as the identity. */
    public static ConvolutionStep identity(String name, long channels, int groups) {
        return new ConvolutionStep(name, channels, channels, groups, Window.pointwise(1, 1), Double.NaN, true);
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
        List<Parameter> parameters = new ArrayList<>();
        parameters.add(
                isIdentityAtFirst
                        ? Parameter.identity(weight(), kernelShape())
                        : Parameter.weight(weight(), kernelShape()));
        if (hasBias()) {
            parameters.add(Parameter.perChannel(biasName(), Role.BIAS, bias, out));
        }
        return parameters;
    }

    private long[] kernelShape() {
        int[] kernel = window.kernel();
        if (isDepthwise()) {
            return new long[] {kernel[0], kernel[1], in, out / in};
        }
        return groups > 1
                ? new long[] {groups, kernel[0], kernel[1], in / groups, out / groups}
                : new long[] {kernel[0], kernel[1], in, out};
    }

    @Override
    public long[] outputSizes(long... sizes) {
        return window.outputSizes(sizes);
    }
}
