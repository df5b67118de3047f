package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.activations.Activation;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ScaleStep;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.SumStep;

/**
 * FastViT's token mixer (Vasu et al., 2023, section 3.2): the input, and a learned factor per channel (λ) times what MobileOne's depthwise block makes of
 * it less its batch normalization: {@code x + λ (mixer(x) − norm(x))}. Without activation if nothing is said.
 */
public final class RepMixer extends RepConvolution {
    private double layerScale = 1e-5;

    private RepMixer() {}

    private RepMixer(Builder builder) {
        super(builder);
        this.layerScale = builder.layerScale;
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        super.validate();
        validateOddKernel();
        if (nIn > 0 && !keepsShape()) {
            throw invalid(
                    "its shape", "not that of its input", "nIn = nOut, stride 1, and the padding that keeps the size");
        }
        if (!Double.isFinite(layerScale)) {
            throw invalid("layerScale", layerScale, "a finite number, or 0 for none");
        }
    }

    @Override
    public Blueprint blueprint() {
        List<Step> mixed = new ArrayList<>();
        mixed.add(new SumStep(
                List.of(
                        new Branch("conv", normalized("conv", kernelSize)),
                        new Branch("scale", normalized("scale", 1, 1)),
                        Branch.of("skip", normalization("skip", nOut)),
                        Branch.minus("norm", normalization("norm", nOut))),
                nOut));
        if (layerScale != 0) {
            mixed.add(new ScaleStep("layerScale", nOut, layerScale));
        }
        return new Blueprint(List.of(Branch.of("identity"), new Branch("mixer", mixed)), null, squeezeExcite(false));
    }

    /** Builds {@link RepMixer}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        private double layerScale = 1e-5;

        /** Starts with a depthwise 3×3 kernel, factors of 1e-5, and no activation. */
        public Builder() {
            depthwise();
            activation(Activation.IDENTITY);
        }

        /** What the factors are at first; 1e-5 if nothing is said, 0 for none. */
        public Builder layerScale(double factor) {
            this.layerScale = factor;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public RepMixer build() {
            return new RepMixer(this);
        }
    }
}
