package org.rep4j.layers;

import java.util.List;
import org.nd4j.linalg.activations.Activation;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ScaleStep;

/**
 * One learned factor for each channel: the layer scale of CaiT (Touvron et al., 2021, section 2.1) and of the nets after it. It has as many
 * outputs as inputs, and no activation if nothing is said.
 */
public final class ChannelScale extends RepBlock {
    private double initialScale = 1;

    private ChannelScale() {}

    private ChannelScale(Builder builder) {
        super(builder);
        this.initialScale = builder.initialScale;
        if (nOut <= 0) {
            nOut = nIn;
        }
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        if (nIn > 0 && nIn != nOut) {
            throw invalid("nOut", nOut, "nIn = " + nIn);
        }
        if (!Double.isFinite(initialScale)) {
            throw invalid("initialScale", initialScale, "a finite number");
        }
    }

    @Override
    protected boolean keepsChannels() {
        return true;
    }

    @Override
    public Blueprint blueprint() {
        return Blueprint.of(List.of(Branch.of("scale", new ScaleStep("scale", inputs(), initialScale))));
    }

    /** Builds {@link ChannelScale}s. */
    public static final class Builder extends RepBlock.Builder<Builder> {
        private double initialScale = 1;

        /** Starts with factors of 1, and no activation; the number of channels is that of the input. */
        public Builder() {
            activation(Activation.IDENTITY);
        }

        /** What the factors are at first; 1 if nothing is said. */
        public Builder initialScale(double factor) {
            this.initialScale = factor;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public ChannelScale build() {
            return new ChannelScale(this);
        }
    }
}
