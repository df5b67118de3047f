package org.rep4j.layers;

import java.util.List;
import org.nd4j.linalg.activations.Activation;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;

/**
 * A convolution, its batch normalization, and SiLU: {@code Conv} of YOLOv5 (Ultralytics, 2020) and of the YOLOs after it, with their ε
 * and decay.
 */
public final class ConvBatchNorm extends RepConvolution {
    private ConvBatchNorm() {}

    private ConvBatchNorm(Builder builder) {
        super(builder);
        validate();
        initializeConstraints(builder);
    }

    @Override
    public Blueprint blueprint() {
        Branch dense = new Branch("dense", normalized("dense", kernelSize));
        return new Blueprint(List.of(dense), null, squeezeExcite(false));
    }

    /** Builds {@link ConvBatchNorm}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        /** Starts with a 1×1 kernel, ε = 1e-3, a decay of 0.97, and SiLU, which Deeplearning4j calls Swish. */
        public Builder() {
            kernelSize(1);
            eps(1e-3);
            decay(0.97);
            activation(Activation.SWISH);
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public ConvBatchNorm build() {
            return new ConvBatchNorm(this);
        }
    }
}
