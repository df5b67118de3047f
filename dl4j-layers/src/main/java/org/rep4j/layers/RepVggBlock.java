package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.KernelPenalty;

/**
 * RepVGG's block (Ding et al., 2021, section 3.2): a k×k convolution, a 1×1 convolution and, where input and output have the same shape,
 * the input itself, each with its batch normalization; then squeeze and excitation, if wanted, and ReLU.
 */
public final class RepVggBlock extends ShortcutConvolution {
    private boolean squeezeExcitationBehindActivation;
    private double customL2;

    private RepVggBlock() {}

    private RepVggBlock(Builder builder) {
        super(builder);
        this.squeezeExcitationBehindActivation = builder.behindActivation;
        this.customL2 = builder.customL2;
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        super.validate();
        if (!(customL2 >= 0) || Double.isInfinite(customL2)) {
            throw invalid("customL2", customL2, "a positive number, or 0 for none");
        }
        if (customL2 > 0 && kernelSize[0] == 1 && kernelSize[1] == 1) {
            throw invalid("customL2", customL2, "0 for a kernel of one tap");
        }
    }

    @Override
    public Blueprint blueprint() {
        List<Branch> branches = new ArrayList<>();
        branches.add(new Branch("dense", normalized("dense", kernelSize)));
        branches.add(new Branch("pointwise", normalized("pointwise", 1, 1)));
        addInput(branches, "identity", normalization("identity", nOut));
        return new Blueprint(branches, null, squeezeExcite(squeezeExcitationBehindActivation)).with(penalty());
    }

    private @Nullable KernelPenalty penalty() {
        return customL2 == 0
                ? null
                : new KernelPenalty(
                        customL2,
                        convolution("dense", window(kernelSize)),
                        normalization("dense", nOut),
                        convolution("pointwise", window(1, 1)),
                        normalization("pointwise", nOut));
    }

    /** Builds {@link RepVggBlock}s. */
    public static final class Builder extends ShortcutConvolution.Builder<Builder> {
        private boolean behindActivation;
        private double customL2;

        /** Starts with a 3×3 kernel that keeps the size of the image, and ReLU. */
        public Builder() {}

        /** Whether squeeze and excitation come behind the activation, as in RepVGGplus; before it if nothing is said. */
        public Builder squeezeExcitationBehindActivation(boolean behind) {
            this.behindActivation = behind;
            return this;
        }

        /**
         * Weight decay of the kernel that the k×k and the 1×1 convolution become together, in place of l1, l2 and weight decay of the two
         * ({@link KernelPenalty}); 0, for none, if nothing is said.
         */
        public Builder customL2(double coefficient) {
            this.customL2 = coefficient;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public RepVggBlock build() {
            return new RepVggBlock(this);
        }
    }
}
