package org.rep4j.layers;

import java.util.List;
import org.nd4j.linalg.activations.Activation;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;

/**
 * HENet's way to a smaller image ({@code S2DDown}): the elements of each patch become channels, which a 1×1 convolution mixes. That is one
 * convolution, with bias, whose windows are the patches; then its batch normalization. Without activation if nothing is said.
 */
public final class SpaceToDepthDown extends RepConvolution {
    private SpaceToDepthDown() {}

    private SpaceToDepthDown(Builder builder) {
        super(builder);
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        super.validate();
        if (kernelSize[0] != stride[0] || kernelSize[1] != stride[1]) {
            throw invalid("stride", text(stride), "kernelSize = " + text(kernelSize));
        }
    }

    @Override
    public Blueprint blueprint() {
        ConvolutionStep patches = new ConvolutionStep("dense", inputs(), nOut, groups, window(kernelSize), 0);
        return new Blueprint(
                List.of(Branch.of("dense", patches, normalization("dense", nOut))), null, squeezeExcite(false));
    }

    /** Builds {@link SpaceToDepthDown}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        /** Starts with patches of 2×2, and no activation. */
        public Builder() {
            patchSize(2);
            padding(0);
            activation(Activation.IDENTITY);
        }

        /** Height and width of the patches; 2 if nothing is said. */
        public Builder patchSize(int... size) {
            kernelSize(size);
            return stride(size);
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public SpaceToDepthDown build() {
            return new SpaceToDepthDown(this);
        }
    }
}
