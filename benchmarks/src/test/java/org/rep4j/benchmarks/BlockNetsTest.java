package org.rep4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RepPass;
import org.rep4j.verify.EquivalenceCheck;
import org.rep4j.verify.EquivalenceResult;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.OnnxRuntimeRunner;

/** Nets of the blocks of the literature: each block becomes one convolution, and outputs stay what they were. */
class BlockNetsTest {
    @TempDir
    private Path folder;

    /**
     * VGG-16 has 14,714,688 parameters in its thirteen convolutions, biases included: 138,357,544 in all, as published, less those
     * of its linear layers for 224×224. Here two small linear layers follow: 512·512 + 512 and 512·10 + 10.
     */
    @Test
    void acNetVgg16() throws IOException {
        long biases = 4_224;
        long convolutions = 14_714_688 - biases;
        long linear = 262_656 + 5_130;
        deploy(AsymmetricVgg.net());

        assertThat(Parameters.trainable(train())).isEqualTo(convolutions * (9 + 3 + 3) / 9 + 3 * 2 * biases + linear);
        assertThat(Parameters.trainable(deployed())).isEqualTo(convolutions + biases + linear);
        assertThat(OnnxModel.load(train()).operators())
                .isEqualTo(Map.of(
                        "Conv",
                        39L,
                        "BatchNormalization",
                        39L,
                        "Add",
                        26L,
                        "Relu",
                        14L,
                        "MaxPool",
                        5L,
                        "Flatten",
                        1L,
                        "Gemm",
                        2L));
        assertThat(OnnxModel.load(deployed()).operators())
                .isEqualTo(Map.of("Conv", 13L, "Relu", 14L, "MaxPool", 5L, "Flatten", 1L, "Gemm", 2L));
        assertComputesTheSame();
    }

    /**
     * ResNet-18 has 11,689,512 parameters, as published, 9,600 of them in BatchNorms of 4,800 channels, which become biases. A
     * block from {@code i} to {@code o} channels has a 3×3 and a 1×1 kernel from i to o and a BatchNorm; a 1×1 kernel from i to i,
     * a 3×3 one from i to o and a BatchNorm each; a 1×1 kernel from i to o and two BatchNorms. The 3×3 convolution in its place
     * had 9·i·o + 2·o.
     */
    @Test
    void dbbResNet18() throws IOException {
        int[][] replaced = {
            {64, 64},
            {64, 64},
            {64, 64},
            {64, 64},
            {64, 128},
            {128, 128},
            {128, 128},
            {128, 128},
            {128, 256},
            {256, 256},
            {256, 256},
            {256, 256},
            {256, 512},
            {512, 512},
            {512, 512},
            {512, 512}
        };
        long added = Arrays.stream(replaced)
                .mapToLong(c -> 11L * c[0] * c[1] + (long) c[0] * c[0] + 2 * c[0] + 8 * c[1])
                .sum();
        deploy(ResNet18.diverse(64));

        assertThat(Parameters.trainable(train())).isEqualTo(11_689_512 + added);
        assertThat(Parameters.trainable(deployed())).isEqualTo(11_689_512 - 4_800);
        assertThat(OnnxModel.load(train()).operators())
                .containsEntry("Conv", 5 * 16 + 4L)
                .containsEntry("BatchNormalization", 6 * 16 + 4L)
                .containsEntry("AveragePool", 16L)
                .containsEntry("ScatterND", 2 * 4 * 16L);
        assertThat(OnnxModel.load(deployed()).operators())
                .isEqualTo(Map.of(
                        "Conv",
                        16 + 4L,
                        "Add",
                        8L,
                        "Relu",
                        17L,
                        "MaxPool",
                        1L,
                        "GlobalAveragePool",
                        1L,
                        "Flatten",
                        1L,
                        "Gemm",
                        1L));
        assertComputesTheSame();
    }

    /**
     * Published for YOLOv6-N: 4.3 M parameters, deployed (<a href="https://arxiv.org/abs/2209.02976">arXiv:2209.02976</a>); the
     * exact figure is what its layers add up to.
     */
    @Test
    void repConvYolo() throws IOException {
        deploy(RepConvYolo.net(64));

        YoloParameters expected = new YoloParameters();
        assertThat(expected.deploy).isCloseTo(4_300_000, within(50_000L));
        assertThat(Parameters.trainable(deployed())).isEqualTo(expected.deploy);
        assertThat(Parameters.trainable(train())).isEqualTo(expected.train);
        assertThat(OnnxModel.load(train()).operators())
                .containsEntry("Conv", 2 * 35 + 21L)
                .containsEntry("BatchNormalization", 3 * 28 + 2 * 7 + 15L)
                .containsEntry("Add", 2 * 28 + 7L);
        assertThat(OnnxModel.load(deployed()).operators())
                .isEqualTo(Map.of(
                        "Conv",
                        35 + 21L,
                        "ConvTranspose",
                        2L,
                        "Relu",
                        41L,
                        "Sigmoid",
                        9L,
                        "Mul",
                        9L,
                        "MaxPool",
                        3L,
                        "Concat",
                        5L));
        assertComputesTheSame();
    }

    /** Adds up the layers of YOLOv6-N: 35 RepVGG blocks, 28 of them with an identity, 15 convolutions with BatchNorms, 8 others. */
    private static final class YoloParameters {
        private long train;
        private long deploy;

        YoloParameters() {
            int[] stages = {3, 16, 32, 64, 128, 256};
            for (int i = 1; i < stages.length; i++) {
                repVgg(stages[i - 1], stages[i], 2);
            }
            repVggChain(32, 32, 2);
            repVggChain(64, 64, 4);
            repVggChain(128, 128, 6);
            repVggChain(256, 256, 2);
            convBatchNorm(256, 128, 1);
            convBatchNorm(4 * 128, 256, 1);
            convBatchNorm(256, 64, 1);
            repVggChain(128 + 64, 64, 4);
            convBatchNorm(64, 32, 1);
            repVggChain(64 + 32, 32, 4);
            convBatchNorm(32, 32, 3);
            repVggChain(32 + 32, 64, 4);
            convBatchNorm(64, 64, 3);
            repVggChain(64 + 64, 128, 4);
            withBias(64, 64, 2);
            withBias(32, 32, 2);
            for (int width : new int[] {32, 64, 128}) {
                convBatchNorm(width, width, 1);
                convBatchNorm(width, width, 3);
                convBatchNorm(width, width, 3);
                withBias(width, 80, 1);
                withBias(width, 4, 1);
            }
        }

        private void repVggChain(int in, int out, int depth) {
            repVgg(in, out, 1);
            for (int i = 1; i < depth; i++) {
                repVgg(out, out, 1);
            }
        }

        private void repVgg(int in, int out, int stride) {
            boolean identity = in == out && stride == 1;
            train += (9L + 1) * in * out + (identity ? 3 : 2) * 2L * out;
            deploy += 9L * in * out + out;
        }

        private void convBatchNorm(int in, int out, int kernel) {
            train += (long) kernel * kernel * in * out + 2L * out;
            deploy += (long) kernel * kernel * in * out + out;
        }

        private void withBias(int in, int out, int kernel) {
            long parameters = (long) kernel * kernel * in * out + out;
            train += parameters;
            deploy += parameters;
        }
    }

    private Path train() {
        return folder.resolve("train.onnx");
    }

    private Path deployed() {
        return folder.resolve("deploy.onnx");
    }

    private void deploy(NetBuilder net) {
        net.save(train());
        RepPass.standard().apply(OnnxModel.load(train())).graph().save(deployed());
    }

    /** In ONNX Runtime, relative to the largest output; and outputs are neither lost in rounding nor beyond bounds. */
    private void assertComputesTheSame() {
        try (ModelRunner train = OnnxRuntimeRunner.open(train());
                ModelRunner deploy = OnnxRuntimeRunner.open(deployed())) {
            EquivalenceCheck check = EquivalenceCheck.standard().withTolerance(1e-4);
            EquivalenceResult result = check.run(train, deploy);
            assertThat(result.outputs())
                    .allSatisfy(o ->
                            assertThat(o.isWithinTolerance()).as(o.describe()).isTrue());
            train.run(check.inputsFor(train))
                    .forEach((name, tensor) ->
                            assertThat(largest(tensor.reals())).as(name).isBetween(1e-2, 1e2));
        }
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElseThrow();
    }
}
