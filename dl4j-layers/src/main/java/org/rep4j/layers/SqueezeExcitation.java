package org.rep4j.layers;

import java.util.List;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.SqueezeExcite;

/**
 * Squeeze and excitation by itself (Hu et al., 2018): each channel times a number between 0 and 1 that two linear maps make of the means
 * of all channels. There is a ReLU between the maps and a sigmoid behind them, unless the builder says otherwise: MobileNetV3 has a hard sigmoid
 * ({@link org.rep4j.layers.activation.ActivationHSigmoid}), EfficientNet has SiLU between them.
 */
public final class SqueezeExcitation extends RepBlock {
    private long inner;
    private IActivation between = new ActivationReLU();
    private IActivation gate = new ActivationSigmoid();

    private SqueezeExcitation() {}

    private SqueezeExcitation(Builder builder) {
        super(builder);
        this.inner = builder.inner;
        this.between = builder.between;
        this.gate = builder.gate;
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        if (inner < 1) {
            throw invalid("inner", inner, "at least 1");
        }
    }

    @Override
    protected boolean keepsChannels() {
        return true;
    }

    @Override
    public Blueprint blueprint() {
        SqueezeExcite excite = new SqueezeExcite("se", inputs(), inner, false, between, gate);
        return new Blueprint(List.of(new Branch("identity", List.of())), null, excite);
    }

    /** Builds {@link SqueezeExcitation}s. */
    public static final class Builder extends RepBlock.Builder<Builder> {
        private final long inner;
        private IActivation between = new ActivationReLU();
        private IActivation gate = new ActivationSigmoid();

        /** @param inner channels between the two maps: the papers have a fraction of those of the image */
        public Builder(long inner) {
            this.inner = inner;
            setActivationFn(Activation.IDENTITY.getActivationFunction());
        }

        /** The activation between the two maps; ReLU if nothing is said. */
        public Builder between(IActivation activation) {
            this.between = activation;
            return this;
        }

        /** The activation that makes factors of what comes out; sigmoid if nothing is said. */
        public Builder gate(IActivation activation) {
            this.gate = activation;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public SqueezeExcitation build() {
            return new SqueezeExcitation(this);
        }
    }
}
