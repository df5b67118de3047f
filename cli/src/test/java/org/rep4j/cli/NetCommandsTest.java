package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.rep4j.cli.CommandLineRun.EXAMPLE;
import static org.rep4j.cli.CommandLineRun.filesIn;
import static org.rep4j.cli.CommandLineRun.rep4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.Shape;
import org.rep4j.layers.RepVggBlock;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.samediff.SameDiffFiles;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.OnnxRuntimeRunner;
import org.rep4j.verify.SameDiffRunner;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** The commands on nets of Deeplearning4j. */
class NetCommandsTest {
    @TempDir
    private Path folder;

    private static CommandLineRun succeeds(Object... arguments) {
        CommandLineRun run = rep4j(arguments);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run;
    }

    private static Tensor image(long... shape) {
        Shape sizes = Shape.of(shape);
        Random random = new Random(9);
        double[] numbers = new double[(int) sizes.elements()];
        Arrays.setAll(numbers, i -> (float) random.nextGaussian());
        return Tensor.ofReals(TensorType.FLOAT32, sizes, numbers);
    }

    private static INDArray array(Tensor tensor, long... shape) {
        return Nd4j.createFromArray(tensor.reals()).castTo(DataType.FLOAT).reshape(shape);
    }

    /** What {@code runner} makes of an image is what Deeplearning4j made of it. */
    private static void assertComputes(
            ModelRunner runner, String input, String output, Tensor image, INDArray expected) {
        try (runner) {
            Tensor actual =
                    Objects.requireNonNull(runner.run(Map.of(input, image)).get(output));
            double[] numbers = expected.castTo(DataType.DOUBLE).ravel().toDoubleVector();
            assertThat(actual.reals()).containsExactly(numbers, within(1e-5));
        }
    }

    @Test
    void deploysAsStockLayers() throws IOException {
        ComputationGraph net = NetModels.blocks();
        Path model = NetModels.save(net, folder.resolve("train.zip"));
        Path output = folder.resolve("deploy.zip");

        CommandLineRun run = succeeds("deploy", model, "-o", output);

        assertThat(run.out())
                .containsPattern("BatchNorm +5 +0\\R")
                .containsPattern("Conv +4 +0\\R")
                .containsPattern("ConvolutionLayer +0 +3\\R")
                .containsPattern("OutputLayer +1 +1\\R")
                .containsPattern("Parameters +455 +371\\R")
                .containsPattern("Multiply-adds +\\d+,\\d+ +\\d+,\\d+\\R")
                .contains("Multiply-adds for an input of 1x3x64x64")
                .contains("Verified  3 samples")
                .doesNotContain("Needs");
        assertThat(filesIn(folder)).containsExactly("deploy.zip", "train.zip");
        ComputationGraph deployed = ModelSerializer.restoreComputationGraph(output.toFile());
        Tensor image = image(2, 3, 12, 10);
        INDArray expected = net.outputSingle(array(image, 2, 3, 12, 10));
        assertThat(deployed.outputSingle(array(image, 2, 3, 12, 10))
                        .sub(expected)
                        .amaxNumber()
                        .doubleValue())
                .isLessThan(1e-5);
        assertThat(succeeds("verify", model, output).out())
                .containsPattern("out +\\S+")
                .containsPattern("out/linear +\\S+");
    }

    @Test
    void deploysToOnnx() {
        ComputationGraph net = NetModels.blocks();
        Path model = NetModels.save(net, folder.resolve("train.zip"));
        Path output = folder.resolve("deploy.onnx");

        CommandLineRun run = succeeds("deploy", model, "-o", output, "--opset", 15);

        assertThat(run.out()).contains("Verified  3 samples").containsPattern("Conv +4 +2\\R");
        OnnxModel deployed = OnnxModel.load(output);
        assertThat(deployed.opset()).isEqualTo(15);
        assertThat(deployed.operators()).containsEntry("Conv", 2L).doesNotContainKey("BatchNormalization");
        Tensor image = image(2, 3, 11, 14);
        INDArray expected = net.outputSingle(array(image, 2, 3, 11, 14));
        assertComputes(OnnxRuntimeRunner.open(output), "image", "out", image, expected);
        assertThat(succeeds("verify", output, model).out()).contains("Equivalent: 3 samples");
    }

    @Test
    void deploysToSameDiff() {
        ComputationGraph net = NetModels.blocks();
        Path model = NetModels.save(net, folder.resolve("train.zip"));
        Path output = folder.resolve("deploy.fb");

        CommandLineRun run = succeeds("deploy", model, "-o", output);

        assertThat(run.out()).containsPattern("BatchNorm +5 +0\\R");
        Tensor image = image(1, 3, 12, 10);
        SameDiffFile graph = SameDiffFile.read(output);
        assertThat(graph.outputs()).containsExactly("out");
        assertThat(graph.operators()).doesNotContainKey("batchnorm");
        assertComputes(
                SameDiffRunner.of(SameDiffFiles.load(output), graph.outputs()),
                "image",
                "out",
                image,
                net.outputSingle(array(image, 1, 3, 12, 10)));
        succeeds("verify", model, output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "fb"})
    void convertsTheTrainForm(String ending) {
        Path model = NetModels.save(NetModels.blocks(), folder.resolve("train.zip"));
        Path output = folder.resolve("train." + ending);

        CommandLineRun run = succeeds("convert", model, "-o", output);

        assertThat(run.out()).containsPattern("Parameters +455 +455\\R").contains("Verified  3 samples");
        assertThat(run.out().toLowerCase(Locale.ROOT)).containsPattern("batchnorm(alization)? +0 +5\\R");
        succeeds("verify", model, output);
    }

    /** Nothing says how large the images are but what the dense layer reads. */
    @ParameterizedTest
    @ValueSource(strings = {"onnx", "fb", "zip"})
    void layersInARowAreDeployedWithoutOptions(String ending) throws IOException {
        MultiLayerNetwork net = NetModels.layersInARow();
        Path model = folder.resolve("train.zip");
        ModelSerializer.writeModel(net, model.toFile(), true);
        Path output = folder.resolve("deploy." + ending);

        CommandLineRun run = succeeds("deploy", model, "-o", output);

        assertThat(run.out())
                .containsPattern("BatchNormalization +1 +0\\R")
                .contains("Multiply-adds for an input of 1x1x20x16")
                .contains("Verified  3 samples");
        succeeds("verify", model, output);
        if (ending.equals("onnx")) {
            Tensor image = image(3, 1, 20, 16);
            assertComputes(OnnxRuntimeRunner.open(output), "in", "4", image, net.output(array(image, 3, 1, 20, 16)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "fb", "zip"})
    void freshNetsAreDeployed(String ending) {
        Path model = NetModels.save(NetModels.fresh(), folder.resolve("fresh.zip"));

        assertThat(succeeds("deploy", model, "-o", folder.resolve("deploy." + ending))
                        .out())
                .contains("Verified  3 samples");
    }

    @Test
    void layersOfRep4jAreTold() {
        Path model = NetModels.save(NetModels.groupsWithChannelsLast(), folder.resolve("train.zip"));
        Path output = folder.resolve("deploy.zip");

        assertThat(succeeds("deploy", model, "-o", output).out())
                .endsWith(
                        "Needs     org.rep4j:dl4j-layers on the class path of whoever loads it, for 1 x GroupedConvolution\n\n");
        assertThat(succeeds("deploy", model, "-o", folder.resolve("deploy.onnx"))
                        .out())
                .doesNotContain("Needs");
        succeeds("verify", output, folder.resolve("deploy.onnx"));
    }

    @Test
    void inspects() throws IOException {
        Path model = NetModels.save(NetModels.blocks(), folder.resolve("train.zip"));
        Path page = folder.resolve("page.html");
        Path report = folder.resolve("report.json");

        CommandLineRun run = succeeds("inspect", model, "--input", "image=1x3x8x6", "--all", "--report", page);
        assertThat(run.out())
                .startsWith(model + ": Deeplearning4j\nInputs   image ?x3x?x?\n")
                .containsPattern("Conv +4 +360 +4,320 ")
                .containsPattern("AbsorbBatchNormIntoConvolution +4\\R")
                .containsPattern("first/pointwise/op +BatchNorm +part of first/dense/0/op ");
        assertThat(page).content().contains("first/dense").contains("1x3x8x6");

        JsonNode json = new ObjectMapper()
                .readTree(
                        succeeds("inspect", model, "--json", "--report", report).out());
        assertThat(json.at("/before/parameters").asLong()).isEqualTo(455);
        assertThat(json.at("/inputs/image").asText()).isEqualTo("1x3x64x64");
        assertThat(new ObjectMapper().readTree(report.toFile())).isEqualTo(json);
        assertThat(filesIn(folder)).containsExactly("page.html", "report.json", "train.zip");
    }

    @Test
    void foldersHoldNets() throws IOException {
        Path models = Files.createDirectory(folder.resolve("models"));
        NetModels.save(NetModels.blocks(), models.resolve("blocks.zip"));
        SameDiffModels.residualBlock(models.resolve("graph.fb"));
        Files.copy(EXAMPLE, models.resolve("model.onnx"));
        Files.write(
                models.resolve("photos.zip"),
                new byte[] {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        Path output = folder.resolve("deployed");

        CommandLineRun run = rep4j("deploy", models, "-o", output);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("rep4j: " + models.resolve("photos.zip")
                        + " is not a Deeplearning4j net: it has no configuration.json\n");
        assertThat(filesIn(output)).containsExactly("blocks.zip", "graph.fb", "model.onnx");
        Files.delete(models.resolve("photos.zip"));
        succeeds("convert", models.resolve("blocks.zip"), models.resolve("graph.fb"), "-o", output, "--to", "onnx");
        assertThat(filesIn(output))
                .containsExactly("blocks.onnx", "blocks.zip", "graph.fb", "graph.onnx", "model.onnx");
    }

    @Test
    void reportsOfSeveralFormats() throws IOException {
        Path model = NetModels.save(NetModels.blocks(), folder.resolve("train.zip"));
        Path report = folder.resolve("report.json");

        succeeds("deploy", model, "-o", folder.resolve("deploy.onnx"), "--report", report);

        JsonNode json = new ObjectMapper().readTree(report.toFile());
        assertThat(json.at("/before/ops/BatchNorm").asInt()).isEqualTo(5);
        assertThat(json.at("/after/ops/Conv").asInt()).isEqualTo(2);
        assertThat(json.at("/verification/passed").asBoolean()).isTrue();
    }

    private void assertRefused(String message, Object... arguments) {
        CommandLineRun run = rep4j(arguments);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("rep4j: ").contains(message);
        assertThat(run.errorLines()).isEqualTo(1);
    }

    @Test
    void nothingElseBecomesANet() throws IOException {
        Path graph = SameDiffModels.residualBlock(folder.resolve("graph.fb"));
        Path net = NetModels.save(NetModels.blocks(), folder.resolve("net.zip"));
        Path target = folder.resolve("out.zip");

        assertRefused(
                "is an ONNX model, which cannot become a Deeplearning4j net: " + target + " must end in .onnx or .fb",
                "deploy",
                EXAMPLE,
                "-o",
                target);
        assertRefused("is a SameDiff graph, which cannot become a Deeplearning4j net", "convert", graph, "-o", target);
        assertRefused(
                "graph.fb is a SameDiff graph, which cannot",
                "deploy",
                folder,
                "-o",
                folder.resolve("x"),
                "--to",
                "zip");
        assertRefused("is a Deeplearning4j net already", "convert", net, "-o", target);
        assertRefused("--importer is for ONNX models", "deploy", net, "-o", "x.fb", "--importer", "rep4j");
        assertRefused("--opset is for models that become ONNX models", "deploy", net, "-o", target, "--opset", 15);
        assertRefused("--output-names is for SameDiff graphs", "deploy", net, "-o", target, "--output-names", "out");
        assertThat(filesIn(folder)).containsExactly("graph.fb", "net.zip");
    }

    @Test
    void theModelIsNotOverwritten() throws IOException {
        Path model = NetModels.save(NetModels.blocks(), folder.resolve("net.zip"));
        byte[] before = Files.readAllBytes(model);

        assertRefused("would overwrite the model", "deploy", model, "-o", model);
        assertThat(model).hasBinaryContent(before);
    }

    @Test
    void verticesThatCannotBeExportedAreListed() {
        Path model = NetModels.save(
                NetModels.graph(
                        CNN2DFormat.NCHW, new RepVggBlock.Builder().nOut(4).build(), new MaskLayer()),
                folder.resolve("net.zip"));

        CommandLineRun run = rep4j("convert", model, "-o", folder.resolve("net.onnx"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("rep4j: " + model + ": 1 op cannot be converted: 1 x MaskLayer: second\n");
        assertThat(run.out()).containsPattern("second +MaskLayer +no op of this type can");
        assertThat(succeeds("deploy", model, "-o", folder.resolve("deploy.zip")).out())
                .contains("Verified  3 samples");
    }

    @Test
    void netsThatDifferAreTold() throws IOException {
        Path model = NetModels.save(NetModels.blocks(), folder.resolve("net.zip"));
        ComputationGraph other = NetModels.blocks();
        other.getLayer("second").paramTable().forEach((name, array) -> array.addi(name.endsWith("Beta") ? 0.5 : 0));

        CommandLineRun run = rep4j("verify", model, NetModels.save(other, folder.resolve("other.zip")));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("DIFFERENT").contains("NOT equivalent");
    }

    @Test
    void netsThatAreNotEquivalentAreNotWritten() {
        Path model = NetModels.save(NetModels.blocks(), folder.resolve("net.zip"));
        for (String target : new String[] {"deploy.zip", "deploy.onnx"}) {
            CommandLineRun run = rep4j("deploy", model, "-o", folder.resolve(target), "--tolerance", "0");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .contains("the deploy form is not equivalent: output ")
                    .hasLineCount(1);
        }
        assertThat(filesIn(folder)).containsExactly("net.zip");
    }

    @Test
    void plainNetsFoldToo() {
        Path model = NetModels.save(
                NetModels.graph(
                        CNN2DFormat.NHWC,
                        new ConvolutionLayer.Builder(3, 3).nOut(4).build(),
                        new RepVggBlock.Builder().nOut(4).build()),
                folder.resolve("net.zip"));

        assertThat(succeeds("deploy", model, "-o", folder.resolve("deploy.zip")).out())
                .containsPattern("ConvolutionLayer +1 +2\\R");
    }
}
