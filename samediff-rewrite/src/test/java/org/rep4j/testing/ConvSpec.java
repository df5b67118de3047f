package org.rep4j.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.graph.Layout;

/** What a test wants of a convolution: {@code conv(8, 3, 3).padded(1, 1).groups(2)}. */
public final class ConvSpec {
    final int outChannels;
    private final int[] kernel;
    private final int[] stride;
    private final int[] dilation;
    private int[] begin;
    private int[] end;
    private AutoPad autoPad = AutoPad.EXPLICIT;
    int groups = 1;
    boolean bias = true;
    Layout layout = Layout.CHANNELS_FIRST;
    double firstWeight = Double.MIN_VALUE; // stands for "random"
    double factor = 1;

    private ConvSpec(int outChannels, int... kernel) {
        this.outChannels = outChannels;
        this.kernel = kernel;
        this.stride = new int[kernel.length];
        this.dilation = new int[kernel.length];
        this.begin = new int[kernel.length];
        this.end = new int[kernel.length];
        Arrays.fill(stride, 1);
        Arrays.fill(dilation, 1);
    }

    /** A convolution with bias, stride 1 and no padding. */
    public static ConvSpec conv(int outChannels, int... kernel) {
        return new ConvSpec(outChannels, kernel);
    }

    /** The same padding on both ends of each axis. */
    public ConvSpec padded(int... both) {
        begin = both;
        end = both;
        return this;
    }

    /** Begin padding of all axes, then end padding of all axes. */
    public ConvSpec paddedAsymmetrically(int... beginThenEnd) {
        begin = Arrays.copyOf(beginThenEnd, kernel.length);
        end = Arrays.copyOfRange(beginThenEnd, kernel.length, 2 * kernel.length);
        return this;
    }

    /** Padding that follows from the input size, left as it is. */
    public ConvSpec autoPadded(AutoPad padding) {
        autoPad = padding;
        return this;
    }

    /** Steps of the output. */
    public ConvSpec stride(int... steps) {
        System.arraycopy(steps, 0, stride, 0, steps.length);
        return this;
    }

    /** Distance of the taps. */
    public ConvSpec dilation(int... distance) {
        System.arraycopy(distance, 0, dilation, 0, distance.length);
        return this;
    }

    /** Number of groups. */
    public ConvSpec groups(int number) {
        groups = number;
        return this;
    }

    /** No bias. */
    public ConvSpec noBias() {
        bias = false;
        return this;
    }

    /** Channels last. */
    public ConvSpec nhwc() {
        layout = Layout.CHANNELS_LAST;
        return this;
    }

    /** Instead of a random one. */
    public ConvSpec firstWeight(double weight) {
        firstWeight = weight;
        return this;
    }

    /** Multiplies the random weights. */
    public ConvSpec times(double weightFactor) {
        factor = weightFactor;
        return this;
    }

    /** Where the channels are. */
    public int channelAxis() {
        return layout.channelAxis();
    }

    /** Whether the channels are last. */
    public boolean isChannelsLast() {
        return layout == Layout.CHANNELS_LAST;
    }

    /** Number of output channels. */
    public int outChannels() {
        return outChannels;
    }

    /** Where the taps lie. */
    public ConvGeometry geometry() {
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < kernel.length; i++) {
            axes.add(new ConvAxis(kernel[i], stride[i], dilation[i], begin[i], end[i]));
        }
        return new ConvGeometry(axes, autoPad);
    }

    List<Integer> kernel() {
        return Arrays.stream(kernel).boxed().toList();
    }
}
