package org.rep4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.SameDiffToOnnx;
import org.rep4j.layers.deploy.SameDiffExporter;
import org.rep4j.rewrite.RepPass;
import org.rep4j.zoo.weights.Safetensors;

/** Nets with the weights of their authors' checkpoints compute what PyTorch does. The checkpoints are narrow nets of random numbers. */
class LoadedWeightsTest {
    private static final int CLASSES = 7;
    private static final int SIZE = 64;
    private static final int BATCH = 2;
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path folder;

    private static <T extends PublishedNet.Builder<T>> T sized(T builder) {
        return builder.numClasses(CLASSES).inputShape(3, SIZE, SIZE);
    }

    private static Named<PublishedNet> repVgg(RepVgg.Variant variant, int... widths) {
        return Named.of(
                variant.name(),
                sized(RepVgg.builder()).variant(variant).widths(widths).build());
    }

    private static Named<PublishedNet> mobileOne(MobileOne.Variant variant, int... widths) {
        return Named.of(
                variant.name(),
                sized(MobileOne.builder()).variant(variant).widths(widths).build());
    }

    static Stream<Arguments> nets() {
        return Stream.of(
                Arguments.of(repVgg(RepVgg.Variant.A0, 6, 6, 8, 8, 10), "repvgg-a0"),
                Arguments.of(repVgg(RepVgg.Variant.B1_G2, 6, 6, 8, 8, 12), "repvgg-b1g2"),
                Arguments.of(repVgg(RepVgg.Variant.D2_SE, 16, 16, 16, 16, 16), "repvgg-d2se"),
                Arguments.of(repVgg(RepVgg.Variant.PLUS_L2_PSE, 4, 6, 6, 8, 16), "repvggplus-l2pse"),
                Arguments.of(mobileOne(MobileOne.Variant.S0, 6, 6, 8, 8, 12), "mobileone-s0"),
                Arguments.of(mobileOne(MobileOne.Variant.S4, 6, 6, 8, 16, 16), "mobileone-s4"));
    }

    /** Those whose authors publish the deploy form, too. */
    static Stream<Arguments> deployedNets() {
        return nets().filter(net -> !net.get()[1].equals("repvggplus-l2pse"));
    }

    @ParameterizedTest
    @MethodSource("nets")
    void bothFormsComputeWhatPyTorchDoes(PublishedNet plan, String name) throws IOException, OrtException {
        ComputationGraph net = plan.load(checkpoint(name));
        assertProbabilities(net.output(images())[0], name);
        ComputationGraph deployed = plan.deploy(net).graph();
        assertThat(deployed.getConfiguration().getNetworkOutputs()).containsExactly("linear");
        assertProbabilities(deployed.outputSingle(images()), name);

        Path onnx = folder.resolve("deploy.onnx");
        SameDiffToOnnx.convert(
                        RepPass.standard()
                                .apply(SameDiffExporter.export(net), "linear")
                                .graph(),
                        List.of("linear"))
                .save(onnx);
        assertProbabilities(run(onnx), name);
    }

    @ParameterizedTest
    @MethodSource("deployedNets")
    void authorsDeployFormsComputeTheSame(PublishedNet plan, String name) throws IOException {
        ComputationGraph net = plan.load(checkpoint(name + "-deploy"));
        assertThat(net.numParams()).isEqualTo(plan.costs(Form.DEPLOY).parameters());
        assertProbabilities(net.outputSingle(images()), name);
    }

    @ParameterizedTest
    @MethodSource("nets")
    void savedWeightsAreTheLoadedOnes(PublishedNet plan, String name) throws IOException {
        ComputationGraph net = plan.load(checkpoint(name));
        Path file = folder.resolve("saved.safetensors");
        plan.save(net, file);
        assertThat(plan.load(file).params()).isEqualTo(net.params());
        assertThat(folder.toFile().list()).contains("saved.safetensors").noneMatch(n -> n.endsWith(".part"));
    }

    @ParameterizedTest
    @MethodSource("nets")
    void tellsTheForms(PublishedNet plan, String name) throws IOException {
        ComputationGraph net = plan.load(checkpoint(name));
        assertThat(plan.formOf(net)).isEqualTo(Form.TRAIN);
        assertThat(plan.formOf(plan.init(Form.DEPLOY))).isEqualTo(Form.DEPLOY);
    }

    /** Where a deployed net has the layers that the plan has, it can be saved; where its layers are others, it must not be. */
    @ParameterizedTest
    @MethodSource("nets")
    void savesDeployedNetsRightOrNotAtAll(PublishedNet plan, String name) throws IOException {
        Path file = folder.resolve("stock.safetensors");
        ComputationGraph stock = plan.deploy(plan.load(checkpoint(name))).graph();
        if (List.of("repvgg-a0", "repvggplus-l2pse", "mobileone-s0").contains(name)) {
            plan.save(stock, file);
            assertProbabilities(plan.load(file).outputSingle(images()), name);
        } else {
            assertThatThrownBy(() -> plan.save(stock, file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("init or load");
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void othersWeightsAreRefusedWithAllThatIsWrong() throws IOException {
        Path file = checkpoint("repvgg-a0");
        PublishedNet wider = sized(RepVgg.builder()).widths(6, 6, 8, 8, 12).build();
        assertThatThrownBy(() -> wider.load(file))
                .isInstanceOf(WeightsMismatchException.class)
                .hasMessage(file
                        + " holds other weights: 11 misshapen (stage4.0.rbr_dense.conv.weight is [10, 8, 3, 3], not"
                        + " [12, 8, 3, 3], stage4.0.rbr_dense.bn.weight is [10], not [12],"
                        + " stage4.0.rbr_dense.bn.bias is [10], not [12], …)")
                .satisfies(e -> assertThat(((WeightsMismatchException) e).mismatches())
                        .hasSize(11)
                        .contains("misshapen: linear.weight is [7, 10], not [7, 12]"));
        PublishedNet other = sized(MobileOne.builder()).widths(6, 6, 8, 8, 12).build();
        assertThatThrownBy(() -> other.load(file))
                .isInstanceOf(WeightsMismatchException.class)
                .hasMessageContaining(" missing (")
                .hasMessageContaining(" unexpected (");
    }

    @Test
    void mismatchesTellWhichTensorsOfAFileWereTaken() throws IOException {
        Path file = folder.resolve("nested.pth");
        try (InputStream in =
                Objects.requireNonNull(LoadedWeightsTest.class.getResourceAsStream("/checkpoint-formats/nested.pth"))) {
            Files.copy(in, file);
        }
        PublishedNet plan = sized(RepVgg.builder()).widths(6, 6, 8, 8, 10).build();
        assertThatThrownBy(() -> plan.load(file))
                .isInstanceOf(WeightsMismatchException.class)
                .hasMessageStartingWith(file + " (state_dict, without the prefix module.) holds other weights: ");
    }

    /** A file whose header calls the numbers of one tensor whole. */
    @Test
    void wholeNumbersAreNoWeights() throws IOException {
        PublishedNet plan = sized(RepVgg.builder()).widths(6, 6, 8, 8, 10).build();
        Path file = folder.resolve("whole.safetensors");
        plan.save(plan.init(), file);
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        String dtype = "\"linear.bias\":{\"dtype\":\"%s\"";
        assertThat(content).contains(dtype.formatted("F32"));
        Files.writeString(
                file, content.replace(dtype.formatted("F32"), dtype.formatted("I32")), StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> plan.load(file))
                .isInstanceOf(WeightsMismatchException.class)
                .hasMessage(file + " holds other weights: 1 mistyped (linear.bias is I32, not floating-point)");
    }

    /** The name of a tensor could pass for more lines of output. */
    @Test
    void mismatchesAreOneLineWhateverTheNames() throws IOException {
        Path file = folder.resolve("names.safetensors");
        Safetensors.write(file, Map.of("a\nb\u001b[2J", Nd4j.scalar(1f)));
        PublishedNet plan = sized(RepVgg.builder()).widths(6, 6, 8, 8, 10).build();
        assertThatThrownBy(() -> plan.load(file))
                .isInstanceOf(WeightsMismatchException.class)
                .hasMessageEndingWith("; 1 unexpected (a?b?[2J)")
                .satisfies(e ->
                        assertThat(((WeightsMismatchException) e).mismatches()).contains("unexpected: a?b?[2J"));
    }

    private Path checkpoint(String name) throws IOException {
        Path file = folder.resolve(name + ".pth");
        try (InputStream in = new GZIPInputStream(resource(name + ".pth.gz"))) {
            Files.copy(in, file);
        }
        return file;
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(LoadedWeightsTest.class.getResourceAsStream("/checkpoints/" + name), name);
    }

    private static float[] pixels() {
        try (InputStream in = resource("images")) {
            FloatBuffer numbers = ByteBuffer.wrap(in.readAllBytes())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            float[] pixels = new float[numbers.remaining()];
            numbers.get(pixels);
            return pixels;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static INDArray images() {
        return Nd4j.createFromArray(pixels()).reshape('c', BATCH, 3, SIZE, SIZE);
    }

    private static void assertProbabilities(INDArray actual, String name) throws IOException {
        try (InputStream in = resource(name + ".probabilities")) {
            ByteBuffer expected = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(actual.shape()).containsExactly(BATCH, CLASSES);
            for (int i = 0; i < BATCH * CLASSES; i++) {
                assertThat(actual.getDouble(i / CLASSES, i % CLASSES) - expected.getDouble(i * Double.BYTES))
                        .as("probability %d", i)
                        .isBetween(-TOLERANCE, TOLERANCE);
            }
        }
    }

    private static INDArray run(Path onnx) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(onnx.toString());
                OnnxTensor input = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(pixels()), new long[] {BATCH, 3, SIZE, SIZE});
                OrtSession.Result result = session.run(Map.of("input", input))) {
            return Nd4j.createFromArray((float[][]) result.get(0).getValue());
        }
    }
}
