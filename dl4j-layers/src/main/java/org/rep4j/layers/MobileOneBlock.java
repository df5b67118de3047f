package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;

/**
 * MobileOne's block (Vasu et al., 2023, section 3.2): some k×k convolutions side by side, a 1×1 convolution ("scale") unless they are 1×1
 * themselves and, where input and output have the same shape, the input itself, each with its batch normalization; then squeeze and
 * excitation, if wanted, and ReLU. A layer of the net is a depthwise 3×3 block and a 1×1 block.
 */
public final class MobileOneBlock extends ShortcutConvolution {
    /** More than anybody trains; a file may say anything. */
    private static final int MOST_BRANCHES = 100;

    private int branches = 1;

    private MobileOneBlock() {}

    private MobileOneBlock(Builder builder) {
        super(builder);
        this.branches = builder.branches;
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        super.validate();
        if (branches < 1 || branches > MOST_BRANCHES) {
            throw invalid("branches", branches, "1 to " + MOST_BRANCHES);
        }
    }

    @Override
    public Blueprint blueprint() {
        List<Branch> all = new ArrayList<>();
        for (int i = 0; i < branches; i++) {
            all.add(new Branch("conv" + i, normalized("conv" + i, kernelSize)));
        }
        if (kernelSize[0] > 1 || kernelSize[1] > 1) {
            all.add(new Branch("scale", normalized("scale", 1, 1)));
        }
        addInput(all, "skip", normalization("skip", nOut));
        return new Blueprint(all, null, squeezeExcite(false));
    }

    /** Builds {@link MobileOneBlock}s. */
    public static final class Builder extends ShortcutConvolution.Builder<Builder> {
        private int branches = 1;

        /** Starts with one 3×3 kernel that keeps the size of the image, and ReLU. */
        public Builder() {}

        /** How many k×k convolutions there are: 4 in MobileOne-S0 but for its stem, 1 in the others and if nothing is said. */
        public Builder branches(int count) {
            this.branches = count;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public MobileOneBlock build() {
            return new MobileOneBlock(this);
        }
    }
}
