package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.jspecify.annotations.Nullable;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.layers.block.BatchNormStep;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.SqueezeExcite;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.Window;

/** A block that stands for one convolution of a kernel size, with stride, padding, dilation and groups. */
public abstract class RepConvolution extends RepBlock {
    /** Height and width of the kernel that is deployed. */
    protected int[] kernelSize = {3, 3};

    /** Distance of the windows. */
    protected int[] stride = {1, 1};

    /** Distance of the taps. */
    protected int[] dilation = {1, 1};

    /** What is added on both sides; null for as much as keeps the size at stride 1. */
    protected int @Nullable [] padding;

    /** {@link ConvolutionMode#Same} for TensorFlow's padding; else what {@link #padding} says. */
    protected ConvolutionMode convolutionMode = ConvolutionMode.Truncate;

    /** Groups of channels, each of which reads only its own. */
    protected int groups = 1;

    /** ε of the batch normalizations. */
    protected double eps = 1e-5;

    /** What running averages keep of themselves. */
    protected double decay = 0.9;

    /** Channels between the maps of squeeze and excitation as a fraction of the outputs; 0 for none. */
    protected int squeezeExcitation;

    /** For Jackson. */
    protected RepConvolution() {}

    /** Takes over what the builder holds. */
    protected RepConvolution(Builder<?> builder) {
        super(builder);
        this.kernelSize = builder.kernelSize.clone();
        this.stride = builder.stride.clone();
        this.dilation = builder.dilation.clone();
        this.padding = builder.padding == null ? null : builder.padding.clone();
        this.convolutionMode = builder.convolutionMode;
        this.groups = builder.depthwise ? Math.toIntExact(nOut) : builder.groups;
        this.eps = builder.eps;
        this.decay = builder.decay;
        this.squeezeExcitation = builder.squeezeExcitation;
    }

    @Override
    protected void validate() {
        if (nOut < 1) {
            throw invalid("nOut", nOut, "at least 1");
        }
        if (groups < 1 || nOut % groups != 0 || inputs() % groups != 0) {
            String channels = (nIn > 0 ? "nIn = " + nIn + " and " : "") + "nOut = " + nOut;
            throw invalid("groups", groups, "a divisor of " + channels);
        }
        if (!(eps > 0)) {
            throw invalid("eps", eps, "positive");
        }
        if (!(decay >= 0 && decay <= 1)) {
            throw invalid("decay", decay, "between 0 and 1");
        }
        if (squeezeExcitation < 0 || squeezeExcitation > nOut) {
            throw invalid("squeezeExcitation", squeezeExcitation, "between 1 and nOut = " + nOut + ", or 0 for none");
        }
        if (convolutionMode != ConvolutionMode.Same && convolutionMode != ConvolutionMode.Truncate) {
            throw invalid("convolutionMode", convolutionMode, "Truncate or Same");
        }
    }

    /** Checks that the kernel has a middle tap, where those of smaller kernels can lie. */
    protected final void validateOddKernel() {
        if (kernelSize[0] % 2 == 0 || kernelSize[1] % 2 == 0) {
            throw invalid("kernelSize", text(kernelSize), "odd, so that there is a middle tap");
        }
    }

    /** Checks that the padding is a number: branches of several steps pad between them. */
    protected final void validateTruncate() {
        if (convolutionMode != ConvolutionMode.Truncate) {
            throw invalid("convolutionMode", convolutionMode, "Truncate, since its branches pad between their steps");
        }
    }

    /** Checks how many channels there are between two steps. */
    protected final void validateInternalChannels(long count) {
        if (count < 0 || count % groups != 0) {
            throw invalid("internalChannels", count, "a multiple of groups = " + groups + ", or 0 for the default");
        }
    }

    /** Two sizes, for messages. */
    protected static String text(int... sizes) {
        return sizes[0] + "×" + sizes[1];
    }

    /** What is added on both sides of height and width, where that does not follow from the size of the image. */
    protected final int[] paddings() {
        return padding == null
                ? new int[] {dilation[0] * (kernelSize[0] / 2), dilation[1] * (kernelSize[1] / 2)}
                : padding;
    }

    /** The windows of a kernel of another size whose middle tap is where that of the block's kernel is. */
    protected final Window window(int... kernel) {
        return window(kernel, dilation);
    }

    /** The same, with another distance of the taps. */
    protected final Window window(int[] kernel, int[] distance) {
        boolean same = convolutionMode == ConvolutionMode.Same;
        int[] pads = paddings();
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int middle = dilation[i] * (kernelSize[i] / 2);
            int own = same ? 0 : pads[i] - middle + distance[i] * (kernel[i] / 2);
            axes.add(new ConvAxis(kernel[i], stride[i], kernel[i] == 1 ? 1 : distance[i], own, own));
        }
        return new Window(axes, same);
    }

    /** The convolution, with bias, that a deployed net has in the block's place; what comes behind it stays. */
    public final ConvolutionStep deployed() {
        return new ConvolutionStep("deployed", inputs(), nOut, groups, window(kernelSize), 0);
    }

    /** A convolution of the block's groups without bias, and a batch normalization behind it. */
    protected final List<Step> normalized(String name, int... kernel) {
        return List.of(convolution(name, window(kernel)), normalization(name, nOut));
    }

    /** A convolution of the block's groups without bias. */
    protected final ConvolutionStep convolution(String name, Window window) {
        return ConvolutionStep.unbiased(name, inputs(), nOut, groups, window);
    }

    /** A 1×1 convolution of the input to {@code inner} channels, which starts as the identity if these are as many as the inputs. */
    protected final ConvolutionStep inner(String name, long inner) {
        return inner == inputs()
                ? ConvolutionStep.identity(name, inner, groups)
                : ConvolutionStep.unbiased(name, inputs(), inner, groups, Window.pointwise(1, 1));
    }

    /** A batch normalization as the block has them. */
    protected final BatchNormStep normalization(String name, long channels) {
        return BatchNormStep.of(name, channels, eps, decay);
    }

    /** Whether the input itself can be added: it has as many channels, and the same size. */
    protected final boolean keepsShape() {
        return inputs() == nOut && window(kernelSize).keepsSize();
    }

    /** Squeeze and excitation, if the block has it. */
    protected final @Nullable SqueezeExcite squeezeExcite(boolean behindActivation) {
        return squeezeExcitation == 0
                ? null
                : new SqueezeExcite("se", nOut, Math.max(1, nOut / squeezeExcitation), behindActivation);
    }

    /**
     * What such blocks can be told.
     *
     * @param <T> the builder's own type
     */
    public abstract static class Builder<T extends Builder<T>> extends RepBlock.Builder<T> {
        private int[] kernelSize = {3, 3};
        private int[] stride = {1, 1};
        private int[] dilation = {1, 1};
        private int @Nullable [] padding;
        private ConvolutionMode convolutionMode = ConvolutionMode.Truncate;
        private int groups = 1;
        private boolean depthwise;
        private double eps = 1e-5;
        private double decay = 0.9;
        private int squeezeExcitation;

        /** Starts with a 3×3 kernel that keeps the size of the image. */
        protected Builder() {}

        /** Height and width of the kernel that is deployed; 3×3 if nothing is said. */
        public T kernelSize(int... size) {
            this.kernelSize = pair("kernelSize", 1, size);
            return self();
        }

        /** Distance of the windows; 1 if nothing is said. */
        public T stride(int... distance) {
            this.stride = pair("stride", 1, distance);
            return self();
        }

        /** What is added on both sides of the image; if nothing is said as much as keeps its size at stride 1. */
        public T padding(int... amount) {
            this.padding = pair("padding", 0, amount);
            return self();
        }

        /** Distance of the taps; 1 if nothing is said. */
        public T dilation(int... distance) {
            this.dilation = pair("dilation", 1, distance);
            return self();
        }

        /** {@link ConvolutionMode#Same} for TensorFlow's padding; {@link ConvolutionMode#Truncate} if nothing is said. */
        public T convolutionMode(ConvolutionMode mode) {
            this.convolutionMode = mode;
            return self();
        }

        /** Groups of channels, each of which reads only its own; 1 if nothing is said. */
        public T groups(int count) {
            this.groups = count;
            this.depthwise = false;
            return self();
        }

        /** As many {@link #groups} as there are outputs: each channel by itself. */
        public T depthwise() {
            this.depthwise = true;
            return self();
        }

        /** ε of the batch normalizations; 1e-5 if nothing is said. */
        public T eps(double number) {
            this.eps = number;
            return self();
        }

        /** What running averages keep of themselves at each step; 0.9 if nothing is said (PyTorch's momentum is 1 minus this). */
        public T decay(double number) {
            this.decay = number;
            return self();
        }

        /** Squeeze and excitation with nOut / {@code reduction} channels between its maps; none if nothing is said. */
        public T squeezeExcitation(int reduction) {
            this.squeezeExcitation = reduction;
            return self();
        }
    }
}
