package org.rep4j.zoo;

import java.util.Locale;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.nd4j.linalg.activations.Activation;
import org.rep4j.layers.ConvBatchNorm;
import org.rep4j.layers.RepVggBlock;

/**
 * RepVGG (Ding et al., 2021, table 2): a stem and four stages of 3×3 blocks, of which the first of each stage halves the image; the mean of each
 * channel, and a classifier. The variants with groups have them in every second block; D2se has squeeze and excitation before ReLU; plus-L2pse has
 * it behind ReLU, and in training three more classifiers.
 */
public final class RepVgg extends StagedNet {
    private final Variant variant;

    private RepVgg(Builder builder) {
        super(builder, builder.variant.widths);
        this.variant = builder.variant;
    }

    /** Starts with A0 for ImageNet. */
    public static Builder builder() {
        return new Builder();
    }

    /** Depths, widths and blocks that have been published. */
    public enum Variant {
        /** RepVGG-A0. */
        A0(Depth.A, 48, 48, 96, 192, 1280),
        /** RepVGG-A1. */
        A1(Depth.A, 64, 64, 128, 256, 1280),
        /** RepVGG-A2. */
        A2(Depth.A, 64, 96, 192, 384, 1408),
        /** RepVGG-B0. */
        B0(Depth.B, 64, 64, 128, 256, 1280),
        /** RepVGG-B1. */
        B1(Depth.B, 64, 128, 256, 512, 2048),
        /** RepVGG-B1g2. */
        B1_G2(B1, 2),
        /** RepVGG-B1g4. */
        B1_G4(B1, 4),
        /** RepVGG-B2. */
        B2(Depth.B, 64, 160, 320, 640, 2560),
        /** RepVGG-B2g2. */
        B2_G2(B2, 2),
        /** RepVGG-B2g4. */
        B2_G4(B2, 4),
        /** RepVGG-B3. */
        B3(Depth.B, 64, 192, 384, 768, 2560),
        /** RepVGG-B3g2. */
        B3_G2(B3, 2),
        /** RepVGG-B3g4. */
        B3_G4(B3, 4),
        /** RepVGG-D2se. */
        D2_SE(1, 16, Depth.D, 64, 160, 320, 640, 2560),
        /** RepVGGplus-L2pse. */
        PLUS_L2_PSE(1, 4, Depth.D, 64, 160, 320, 640, 2560);

        private final Depth depth;
        private final int groups;
        private final int reduction;
        private final int[] widths;

        Variant(Depth depth, int... widths) {
            this(1, 0, depth, widths);
        }

        Variant(Variant base, int groups) {
            this(groups, 0, base.depth, base.widths);
        }

        Variant(int groups, int reduction, Depth depth, int... widths) {
            this.depth = depth;
            this.groups = groups;
            this.reduction = reduction;
            this.widths = widths;
        }

        /** The name in small letters: {@code repvgg-b1g2}. */
        String published() {
            return this == PLUS_L2_PSE
                    ? "repvggplus-l2pse"
                    : "repvgg-" + name().toLowerCase(Locale.ROOT).replace("_", "");
        }
    }

    /** Number of blocks of the four stages. */
    private enum Depth {
        A(2, 4, 14, 1),
        B(4, 6, 16, 1),
        D(8, 14, 24, 1);

        private final int[] blocks;

        Depth(int... blocks) {
            this.blocks = blocks;
        }
    }

    @Override
    void write(NetPlan plan) {
        int index = 0;
        String last = block(plan, index++, "stage0", channels(), width(0), 2, plan.input());
        int width = width(0);
        boolean plus = variant == Variant.PLUS_L2_PSE;
        for (int stage = 1; stage <= 4; stage++) {
            int blocks = variant.depth.blocks[stage - 1];
            for (int i = 0; i < blocks; i++) {
                last = block(plan, index++, module(stage, i, blocks), width, width(stage), i == 0 ? 2 : 1, last);
                width = width(stage);
                if (plus && plan.isTrainForm() && isBeforeHead(stage, i, blocks)) {
                    head(plan, stage == 3 ? "stage3_first_aux" : "stage" + stage + "_aux", last, width);
                }
            }
        }
        classify(plan, last, width, "linear");
    }

    private String module(int stage, int i, int blocks) {
        if (variant != Variant.PLUS_L2_PSE) {
            return "stage" + stage + "." + i;
        }
        if (stage != 3) {
            return "stage" + stage + ".blocks." + i;
        }
        int half = blocks / 2;
        return i < half ? "stage3_first.blocks." + i : "stage3_second.blocks." + (i - half);
    }

    private static boolean isBeforeHead(int stage, int i, int blocks) {
        return stage < 3 ? i == blocks - 1 : stage == 3 && i == blocks / 2 - 1;
    }

    private String block(NetPlan plan, int index, String module, int in, int out, int stride, String input) {
        boolean plus = variant == Variant.PLUS_L2_PSE;
        boolean grouped = variant.groups > 1 && index % 2 == 0 && index > 0;
        RepVggBlock block = new RepVggBlock.Builder()
                .nIn(in)
                .nOut(out)
                .stride(stride)
                .groups(grouped ? variant.groups : 1)
                .squeezeExcitation(variant.reduction)
                .squeezeExcitationBehindActivation(plus)
                .build();
        return plan.block(module, block, BlockNames.repVgg(module, plus ? "post_se" : "se"), input);
    }

    /** A classifier that helps training. */
    private void head(NetPlan plan, String module, String input, int width) {
        String smaller = plan.layer(
                module + ".0",
                new ConvBatchNorm.Builder()
                        .nIn(width)
                        .nOut(width)
                        .kernelSize(3)
                        .stride(2)
                        .eps(1e-5)
                        .decay(0.9)
                        .activation(Activation.RELU)
                        .build(),
                BlockNames.convBatchNorm(module + ".0", "conv", "bn"),
                input);
        String pooled = plan.plain(module + ".1", new GlobalPoolingLayer(PoolingType.AVG), smaller);
        plan.outputForTraining(classifier(plan, module, module + ".3", pooled, width));
    }

    /** Builds {@link RepVgg}s. */
    public static final class Builder extends StagedNet.Builder<Builder> {
        private Variant variant = Variant.A0;

        private Builder() {}

        /** Which one; A0 if nothing is said. */
        public Builder variant(Variant which) {
            this.variant = Objects.requireNonNull(which);
            return this;
        }

        @Override
        public RepVgg build() {
            return new RepVgg(this);
        }
    }
}
