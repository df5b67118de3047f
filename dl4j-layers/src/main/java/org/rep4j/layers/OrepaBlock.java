package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.Filter;
import org.rep4j.layers.block.FilterStep;
import org.rep4j.layers.block.ScaleStep;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.Window;

/**
 * OREPA's block (Hu et al., 2022, section 3.2): linear branches with one learned factor per channel each, whose kernels are added up in
 * training already, so that each image is convolved once; then one batch normalization, squeeze and excitation, if wanted, and ReLU.
 *
 * <p>The branches are a 3×3 convolution; a 1×1 convolution and the mean of each window; a 1×1 convolution and a wave per channel; a 1×1 and a
 * 3×3 convolution; a 1×1 convolution; a depthwise 3×3 convolution of eight outputs per channel and a 1×1 convolution.
 */
public final class OrepaBlock extends RepConvolution {
    private static final int EXPANSION = 8;

    private long internalChannels;

    private OrepaBlock() {}

    private OrepaBlock(Builder builder) {
        super(builder);
        this.internalChannels = builder.internalChannels;
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        super.validate();
        if (kernelSize[0] != 3 || kernelSize[1] != 3) {
            throw invalid("kernelSize", text(kernelSize), "3×3, the size of its waves");
        }
        validateTruncate();
        validateInternalChannels(internalChannels);
    }

    @Override
    public Blueprint blueprint() {
        List<Branch> branches = new ArrayList<>();
        branches.add(scaled("origin", 0.25, convolution("origin", window(kernelSize))));
        branches.add(scaled("average", 0.25, pointwise("average"), filter(Filter.AVERAGE)));
        branches.add(scaled("prior", 0, pointwise("prior"), filter(Filter.FREQUENCIES)));
        branches.add(chain());
        branches.add(scaled("pointwise", 1, convolution("pointwise", window(1, 1))));
        branches.add(separable());
        return new Blueprint(branches, normalization("sum", nOut), squeezeExcite(false))
                .online(convolution("whole", window(kernelSize)));
    }

    private Branch scaled(String name, double factor, Step... steps) {
        List<Step> all = new ArrayList<>(List.of(steps));
        all.add(new ScaleStep(name + "Scale", nOut, factor));
        return new Branch(name, all);
    }

    private ConvolutionStep pointwise(String name) {
        return convolution(name, Window.pointwise(1, 1));
    }

    private FilterStep filter(Filter filter) {
        return new FilterStep(filter, nOut, window(kernelSize));
    }

    private Branch chain() {
        long inner = internalChannels > 0 ? internalChannels : (groups <= 4 ? 1 : 2) * inputs();
        return scaled(
                "chain",
                0.5,
                inner("chainPointwise", inner),
                ConvolutionStep.unbiased("chainDense", inner, nOut, groups, window(kernelSize)));
    }

    private Branch separable() {
        long wide = EXPANSION * inputs();
        return scaled(
                "separable",
                0.5,
                ConvolutionStep.unbiased(
                        "separableDepthwise", inputs(), wide, Math.toIntExact(inputs()), window(kernelSize)),
                ConvolutionStep.unbiased("separablePointwise", wide, nOut, groups, Window.pointwise(1, 1)));
    }

    /** Builds {@link OrepaBlock}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        private long internalChannels;

        /** Starts with a 3×3 kernel that keeps the size of the image, and ReLU. */
        public Builder() {}

        /**
         * Channels between the 1×1 and the 3×3 convolution that are one behind the other. If nothing is said as many as there are inputs,
         * and the 1×1 convolution starts as the identity; with more than four groups twice as many.
         */
        public Builder internalChannels(long count) {
            this.internalChannels = count;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public OrepaBlock build() {
            return new OrepaBlock(this);
        }
    }
}
