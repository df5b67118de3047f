package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;

/**
 * RepVGG's block (Ding et al., 2021, section 3.2): a k×k convolution, a 1×1 convolution and, where input and output have the same shape,
 * the input itself, each with its batch normalization; then squeeze and excitation, if wanted, and ReLU.
 */
public final class RepVggBlock extends RepConvolution {
    private boolean squeezeExcitationBehindActivation;

    private RepVggBlock() {}

    private RepVggBlock(Builder builder) {
        super(builder);
        this.squeezeExcitationBehindActivation = builder.behindActivation;
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
        List<Branch> branches = new ArrayList<>();
        branches.add(new Branch("dense", normalized("dense", kernelSize)));
        branches.add(new Branch("pointwise", normalized("pointwise", 1, 1)));
        if (keepsShape()) {
            branches.add(Branch.of("identity", normalization("identity", nOut)));
        }
        return new Blueprint(branches, null, squeezeExcite(squeezeExcitationBehindActivation));
    }

    /** Builds {@link RepVggBlock}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        private boolean behindActivation;

        /** Starts with a 3×3 kernel that keeps the size of the image, and ReLU. */
        public Builder() {}

        /** Whether squeeze and excitation come behind the activation, as in RepVGGplus; before it if nothing is said. */
        public Builder squeezeExcitationBehindActivation(boolean behind) {
            this.behindActivation = behind;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public RepVggBlock build() {
            return new RepVggBlock(this);
        }
    }
}
