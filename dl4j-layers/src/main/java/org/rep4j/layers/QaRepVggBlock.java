package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.Filter;
import org.rep4j.layers.block.FilterStep;

/**
 * QARepVGG's block (Chu et al., 2024, section 4), which stays accurate in 8-bit integers: a k×k convolution with its batch
 * normalization, a 1×1 convolution and, where input and output have the same shape, the input itself, both without one; then one batch
 * normalization of the sum, squeeze and excitation, if wanted, and ReLU. YOLOv6's second version adds the input's local averages.
 */
public final class QaRepVggBlock extends ShortcutConvolution {
    private boolean averagePool;

    private QaRepVggBlock() {}

    private QaRepVggBlock(Builder builder) {
        super(builder);
        this.averagePool = builder.averagePool;
        validate();
        initializeConstraints(builder);
    }

    @Override
    public Blueprint blueprint() {
        List<Branch> branches = new ArrayList<>();
        branches.add(new Branch("dense", normalized("dense", kernelSize)));
        branches.add(Branch.of("pointwise", convolution("pointwise", window(1, 1))));
        addInput(branches, "identity");
        if (averagePool && keepsShape()) {
            branches.add(Branch.of("average", new FilterStep(Filter.AVERAGE, nOut, window(kernelSize))));
        }
        return new Blueprint(branches, normalization("sum", nOut), squeezeExcite(false));
    }

    /** Builds {@link QaRepVggBlock}s. */
    public static final class Builder extends ShortcutConvolution.Builder<Builder> {
        private boolean averagePool;

        /** Starts with a 3×3 kernel that keeps the size of the image, and ReLU. */
        public Builder() {}

        /** Whether the mean of each k×k window is added where the input is, as in YOLOv6's second version; if nothing is said not. */
        public Builder averagePool(boolean has) {
            this.averagePool = has;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public QaRepVggBlock build() {
            return new QaRepVggBlock(this);
        }
    }
}
