package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.layers.block.AveragePoolStep;
import org.rep4j.layers.block.BatchNormStep;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.Window;

/**
 * Diverse branches (Ding et al., 2021, section 3.3): a k×k convolution; a 1×1 convolution; a 1×1 and a k×k convolution one behind the
 * other; a 1×1 convolution and the mean of each window; a batch normalization behind each convolution and behind the mean. Then squeeze and
 * excitation, if wanted, and ReLU.
 *
 * <p>Between two steps the image is padded with what the batch normalization makes of zeros, so that the two are one convolution at the
 * borders, too. A depthwise block has no 1×1 convolution and its mean reads the input itself.
 */
public final class DiverseBranchBlock extends RepConvolution {
    private long internalChannels;

    private DiverseBranchBlock() {}

    private DiverseBranchBlock(Builder builder) {
        super(builder);
        this.internalChannels = builder.internalChannels;
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        super.validate();
        validateOddKernel();
        validateTruncate();
        if (dilation[0] != 1 || dilation[1] != 1) {
            throw invalid("dilation", text(dilation), "1, since the mean of a window has no dilation");
        }
        if (paddings()[0] != paddings()[1]) {
            throw invalid("padding", text(paddings()), "the same for height and width");
        }
        validateInternalChannels(internalChannels);
    }

    @Override
    public Blueprint blueprint() {
        List<Branch> branches = new ArrayList<>();
        branches.add(new Branch("origin", normalized("origin", kernelSize)));
        if (!isDepthwise()) {
            branches.add(new Branch("pointwise", normalized("pointwise", 1, 1)));
        }
        branches.add(chain());
        branches.add(average());
        return new Blueprint(branches, null, squeezeExcite(false));
    }

    private boolean isDepthwise() {
        return groups == nOut && inputs() == nOut;
    }

    private Branch chain() {
        long inner = internalChannels > 0 ? internalChannels : (isDepthwise() ? 2 : 1) * inputs();
        return Branch.of(
                "chain",
                inner("chainPointwise", inner),
                bordered("chainPointwise", inner),
                ConvolutionStep.unbiased("chainDense", inner, nOut, groups, windows(0)),
                normalization("chainDense", nOut));
    }

    private Branch average() {
        List<Step> steps = new ArrayList<>();
        if (!isDepthwise()) {
            steps.add(convolution("averagePointwise", Window.pointwise(1, 1)));
            steps.add(bordered("averagePointwise", nOut));
        }
        steps.add(new AveragePoolStep(nOut, windows(isDepthwise() ? paddings()[0] : 0)));
        steps.add(normalization("average", nOut));
        return new Branch("average", steps);
    }

    /** A batch normalization that adds the padding of the windows behind it. */
    private BatchNormStep bordered(String name, long channels) {
        return new BatchNormStep(name, channels, eps, decay, 1, paddings()[0]);
    }

    private Window windows(int pad) {
        return new Window(
                List.of(
                        new ConvAxis(kernelSize[0], stride[0], 1, pad, pad),
                        new ConvAxis(kernelSize[1], stride[1], 1, pad, pad)),
                false);
    }

    /** Builds {@link DiverseBranchBlock}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        private long internalChannels;

        /** Starts with a 3×3 kernel that keeps the size of the image, and ReLU. */
        public Builder() {}

        /**
         * Channels between the 1×1 and the k×k convolution that are one behind the other. If nothing is said as many as there are inputs,
         * and the 1×1 convolution starts as the identity; of a depthwise block twice as many.
         */
        public Builder internalChannels(long count) {
            this.internalChannels = count;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public DiverseBranchBlock build() {
            return new DiverseBranchBlock(this);
        }
    }
}
