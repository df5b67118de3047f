package org.rep4j.layers;

import java.util.List;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;

/**
 * RepLKNet's large depthwise kernel (Ding et al., 2022, section 3): a k×k convolution and one of a small kernel, each with its batch
 * normalization; then squeeze and excitation, if wanted, and ReLU. RepLKNet's kernels are 31×31, 29×29, 27×27 and 13×13 from stage to stage.
 */
public final class LargeKernelBlock extends RepConvolution {
    private int smallKernel = 5;

    private LargeKernelBlock() {}

    private LargeKernelBlock(Builder builder) {
        super(builder);
        this.smallKernel = builder.smallKernel;
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        super.validate();
        validateOddKernel();
        if (smallKernel < 1 || smallKernel % 2 == 0 || smallKernel > Math.min(kernelSize[0], kernelSize[1])) {
            throw invalid("smallKernelSize", smallKernel, "odd, and at most kernelSize = " + text(kernelSize));
        }
    }

    @Override
    public Blueprint blueprint() {
        Branch large = new Branch("large", normalized("large", kernelSize));
        Branch small = new Branch("small", normalized("small", smallKernel, smallKernel));
        return new Blueprint(List.of(large, small), null, squeezeExcite(false));
    }

    /** Builds {@link LargeKernelBlock}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        private int smallKernel = 5;

        /** Starts with a depthwise 31×31 kernel that keeps the size of the image, beside it a 5×5 kernel, and ReLU. */
        public Builder() {
            kernelSize(31);
            depthwise();
        }

        /** Height and width of the small kernel; 5 if nothing is said. */
        public Builder smallKernelSize(int size) {
            this.smallKernel = size;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public LargeKernelBlock build() {
            return new LargeKernelBlock(this);
        }
    }
}
