package org.rep4j.zoo;

import java.util.Locale;
import java.util.Objects;
import org.rep4j.layers.MobileOneBlock;

/**
 * MobileOne (Vasu et al., 2023, table 3): a stem and four stages of pairs of a depthwise 3×3 and a 1×1 block, of which the first depthwise one
 * of each stage halves the image; the mean of each channel, and a classifier. In S4 the last blocks have squeeze and excitation.
 */
public final class MobileOne extends StagedNet {
    private static final int[] PAIRS = {2, 8, 10, 1};
    private static final int EXCITED_PAIRS = 5;
    private static final int REDUCTION = 16;

    private final Variant variant;

    private MobileOne(Builder builder) {
        super(builder, builder.variant.widths);
        this.variant = builder.variant;
    }

    /** Starts with S0 for ImageNet. */
    public static Builder builder() {
        return new Builder();
    }

    /** Widths and numbers of branches that have been published. */
    public enum Variant {
        /** MobileOne-S0: four k×k convolutions in each block but the stem. */
        S0(4, 48, 48, 128, 256, 1024),
        /** MobileOne-S1. */
        S1(1, 64, 96, 192, 512, 1280),
        /** MobileOne-S2. */
        S2(1, 64, 96, 256, 640, 2048),
        /** MobileOne-S3. */
        S3(1, 64, 128, 320, 768, 2048),
        /** MobileOne-S4: with squeeze and excitation. */
        S4(1, 64, 192, 448, 896, 2048);

        private final int branches;
        private final int[] widths;

        Variant(int branches, int... widths) {
            this.branches = branches;
            this.widths = widths;
        }

        /** The name in small letters: {@code mobileone-s0}. */
        String published() {
            return "mobileone-" + name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    void write(NetPlan plan) {
        MobileOneBlock stem = block(1).nIn(channels()).nOut(width(0)).stride(2).build();
        String last = plan.block("stage0", stem, BlockNames.mobileOne("stage0"), plan.input());
        int width = width(0);
        for (int stage = 1; stage <= 4; stage++) {
            int pairs = PAIRS[stage - 1];
            for (int pair = 0; pair < pairs; pair++) {
                boolean excited = variant == Variant.S4 && (stage == 4 || stage == 3 && pair >= pairs - EXCITED_PAIRS);
                int reduction = excited ? REDUCTION : 0;
                String depthwise = "stage" + stage + "." + 2 * pair;
                String pointwise = "stage" + stage + "." + (2 * pair + 1);
                MobileOneBlock first = block(variant.branches)
                        .nIn(width)
                        .nOut(width)
                        .depthwise()
                        .stride(pair == 0 ? 2 : 1)
                        .squeezeExcitation(reduction)
                        .build();
                last = plan.block(depthwise, first, BlockNames.mobileOne(depthwise), last);
                MobileOneBlock second = block(variant.branches)
                        .nIn(width)
                        .nOut(width(stage))
                        .kernelSize(1)
                        .squeezeExcitation(reduction)
                        .build();
                last = plan.block(pointwise, second, BlockNames.mobileOne(pointwise), last);
                width = width(stage);
            }
        }
        classify(plan, last, width, "linear");
    }

    private static MobileOneBlock.Builder block(int branches) {
        return new MobileOneBlock.Builder().branches(branches);
    }

    /** Builds {@link MobileOne}s. */
    public static final class Builder extends StagedNet.Builder<Builder> {
        private Variant variant = Variant.S0;

        private Builder() {}

        /** Which one; S0 if nothing is said. */
        public Builder variant(Variant which) {
            this.variant = Objects.requireNonNull(which);
            return this;
        }

        @Override
        public MobileOne build() {
            return new MobileOne(this);
        }
    }
}
