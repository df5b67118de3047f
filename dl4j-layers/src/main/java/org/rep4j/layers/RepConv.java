package org.rep4j.layers;

import java.util.List;
import org.nd4j.linalg.activations.Activation;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;

/**
 * YOLOv7's {@code RepConvN} (Wang et al., 2023, section 4.1): RepVGG's block without the branch of the input itself, for places whose
 * output is added to another one or joined with it; with SiLU, and YOLO's ε and decay.
 */
public final class RepConv extends RepConvolution {
    private RepConv() {}

    private RepConv(Builder builder) {
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
        Branch dense = new Branch("dense", normalized("dense", kernelSize));
        Branch pointwise = new Branch("pointwise", normalized("pointwise", 1, 1));
        return new Blueprint(List.of(dense, pointwise), null, squeezeExcite(false));
    }

    /** Builds {@link RepConv}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        /** Starts with a 3×3 kernel, ε = 1e-3, a decay of 0.97, and SiLU, which Deeplearning4j calls Swish. */
        public Builder() {
            eps(1e-3);
            decay(0.97);
            activation(Activation.SWISH);
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public RepConv build() {
            return new RepConv(this);
        }
    }
}
