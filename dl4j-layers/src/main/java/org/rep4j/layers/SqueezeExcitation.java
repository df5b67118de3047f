package org.rep4j.layers;

import java.util.List;
import org.nd4j.linalg.activations.Activation;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.SqueezeExcite;

/**
 * Squeeze and excitation by itself (Hu et al., 2018): each channel times a number between 0 and 1 that two linear maps make of the means
 * of all channels.
 */
public final class SqueezeExcitation extends RepBlock {
    private long inner;

    private SqueezeExcitation() {}

    private SqueezeExcitation(Builder builder) {
        super(builder);
        this.inner = builder.inner;
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
        SqueezeExcite excite = new SqueezeExcite("se", inputs(), inner, false);
        return new Blueprint(List.of(new Branch("identity", List.of())), null, excite);
    }

    /** Builds {@link SqueezeExcitation}s. */
    public static final class Builder extends RepBlock.Builder<Builder> {
        private final long inner;

        /** @param inner channels between the two maps: the papers have a fraction of those of the image */
        public Builder(long inner) {
            this.inner = inner;
            setActivationFn(Activation.IDENTITY.getActivationFunction());
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public SqueezeExcitation build() {
            return new SqueezeExcitation(this);
        }
    }
}
