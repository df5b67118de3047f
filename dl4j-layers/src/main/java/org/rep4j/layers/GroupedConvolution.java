package org.rep4j.layers;

import java.util.List;
import org.nd4j.linalg.activations.Activation;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;

/**
 * A convolution whose channels are in groups, which Deeplearning4j's own layers cannot have (Krizhevsky et al., 2012; ResNeXt, Xie et
 * al., 2017): what a grouped block is deployed as. Without activation if nothing is said.
 */
public final class GroupedConvolution extends RepConvolution {
    private boolean hasBias = true;

    private GroupedConvolution() {}

    private GroupedConvolution(Builder builder) {
        super(builder);
        this.hasBias = builder.hasBias;
        validate();
        initializeConstraints(builder);
    }

    @Override
    public Blueprint blueprint() {
        double atFirst = Double.isNaN(biasInit) ? 0 : biasInit; // not known before the block is in a net
        ConvolutionStep convolution = new ConvolutionStep(
                "dense", inputs(), nOut, groups, window(kernelSize), hasBias ? atFirst : Double.NaN);
        return new Blueprint(List.of(Branch.of("dense", convolution)), null, squeezeExcite(false));
    }

    /** Builds {@link GroupedConvolution}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        private boolean hasBias = true;

        /** Starts with a 3×3 kernel that keeps the size of the image, with a bias, without activation. */
        public Builder() {
            activation(Activation.IDENTITY);
        }

        /** Whether it has a bias; it has if nothing is said. */
        public Builder hasBias(boolean has) {
            this.hasBias = has;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public GroupedConvolution build() {
            return new GroupedConvolution(this);
        }
    }
}
