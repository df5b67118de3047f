package org.rep4j.layers;

import java.util.List;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;

/**
 * ACNet's block (Ding et al., 2019, section 3.2): a k×k, a k×1 and a 1×k convolution, whose middle taps coincide, each with its batch
 * normalization; then squeeze and excitation, if wanted, and ReLU. The narrow kernels read the image with as much less padding as they
 * are narrower: where that is less than nothing, they read a part of the image.
 */
public final class AsymmetricConvBlock extends RepConvolution {
    private AsymmetricConvBlock() {}

    private AsymmetricConvBlock(Builder builder) {
        super(builder);
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        super.validate();
        validateOddKernel();
    }

    @Override
    public Blueprint blueprint() {
        Branch square = new Branch("square", normalized("square", kernelSize));
        Branch vertical = new Branch("vertical", normalized("vertical", kernelSize[0], 1));
        Branch horizontal = new Branch("horizontal", normalized("horizontal", 1, kernelSize[1]));
        return new Blueprint(List.of(square, vertical, horizontal), null, squeezeExcite(false));
    }

    /** Builds {@link AsymmetricConvBlock}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        /** Starts with a 3×3 kernel that keeps the size of the image, and ReLU. */
        public Builder() {}

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public AsymmetricConvBlock build() {
            return new AsymmetricConvBlock(this);
        }
    }
}
