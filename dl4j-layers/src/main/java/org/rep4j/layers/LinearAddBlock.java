package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ScaleStep;

/**
 * The block in which RepOptimizer's scales are searched (Ding et al., 2023, section 3.2): a k×k and a 1×1 convolution and, where input and
 * output have the same shape, the input itself, each with one learned factor per channel; then one batch normalization of the sum, ReLU,
 * and squeeze and excitation, if wanted.
 */
public final class LinearAddBlock extends ShortcutConvolution {
    private double initialScale = 1;

    private LinearAddBlock() {}

    private LinearAddBlock(Builder builder) {
        super(builder);
        this.initialScale = builder.initialScale;
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        super.validate();
        if (!Double.isFinite(initialScale)) {
            throw invalid("initialScale", initialScale, "a finite number");
        }
    }

    @Override
    public Blueprint blueprint() {
        List<Branch> branches = new ArrayList<>();
        branches.add(scaled("dense", kernelSize));
        branches.add(scaled("pointwise", 1, 1));
        addInput(branches, "identity", new ScaleStep("identityScale", nOut, 1));
        return new Blueprint(branches, normalization("sum", nOut), squeezeExcite(true));
    }

    private Branch scaled(String name, int... kernel) {
        return Branch.of(name, convolution(name, window(kernel)), new ScaleStep(name + "Scale", nOut, initialScale));
    }

    /** Builds {@link LinearAddBlock}s. */
    public static final class Builder extends ShortcutConvolution.Builder<Builder> {
        private double initialScale = 1;

        /** Starts with a 3×3 kernel that keeps the size of the image, and ReLU. */
        public Builder() {}

        /** What the factors of the convolutions are at first; 1 if nothing is said. That of the input starts at 1 anyway. */
        public Builder initialScale(double factor) {
            this.initialScale = factor;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public LinearAddBlock build() {
            return new LinearAddBlock(this);
        }
    }
}
