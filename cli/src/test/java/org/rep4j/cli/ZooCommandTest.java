package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.rep4j.cli.CommandLineRun.filesIn;
import static org.rep4j.cli.CommandLineRun.rep4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.OnnxRuntimeRunner;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;
import org.rep4j.zoo.Form;
import org.rep4j.zoo.RepVgg;
import org.rep4j.zoo.Zoo;

class ZooCommandTest {
    private static final int CLASSES = 5;
    private static final int SIZE = 32;

    @TempDir
    private Path folder;

    private static RepVgg plan() {
        return RepVgg.builder().numClasses(CLASSES).inputShape(3, SIZE, SIZE).build();
    }

    /** Writes a net's weights, after its batch normalizations and biases have become others than those of a new one. */
    private Path weights(ComputationGraph net, String name) {
        Nd4j.getRandom().setSeed(5);
        net.paramTable().values().stream()
                .filter(INDArray::isVector)
                .forEach(vector ->
                        vector.addi(Nd4j.rand(vector.dataType(), vector.shape()).muli(0.3)));
        Path file = folder.resolve(name);
        plan().save(net, file);
        return file;
    }

    private static CommandLineRun create(Object... arguments) {
        return rep4j(Stream.concat(
                        Stream.of("zoo", "create", "repvgg-a0", "--classes", CLASSES, "--size", SIZE),
                        Stream.of(arguments))
                .toArray());
    }

    private static void assertRefused(CommandLineRun run, String message) {
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errorLines()).isEqualTo(1);
        assertThat(run.err()).contains(message);
    }

    @Test
    void listsEachNet() {
        CommandLineRun run = rep4j("zoo", "list");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .containsPattern("Net +Train form +Deploy form +Multiply-adds +Top-1 % +Image\\R")
                .containsPattern("repvgg-a0 +9,108,968 +8,309,384 +1,361,451,008 +72.41 +224x224\\R")
                .containsPattern("repvgg-b2g2 +70,846,376 +63,956,712 +13,680,136,192 +224x224\\R")
                .contains("arXiv:2206.04040");
        assertThat(run.out().lines().filter(line -> line.matches(" +\\S+-\\S+ .*x\\d+")))
                .hasSize(Zoo.all().size());
    }

    @Test
    void listsAsJson() throws IOException {
        JsonNode nets =
                new ObjectMapper().readTree(rep4j("zoo", "list", "--json").out());

        assertThat(nets).hasSize(Zoo.all().size());
        assertThat(nets.get(0).get("name").asText()).isEqualTo("repvgg-a0");
        assertThat(nets.get(0).get("trainParameters").asLong()).isEqualTo(9_108_968);
        assertThat(nets.get(0).get("top1").asDouble()).isEqualTo(72.41);
    }

    @Test
    void writesTheWeightsFoldedAsOnnx() {
        ComputationGraph net = plan().init(Form.TRAIN);
        Path output = folder.resolve("deploy.onnx");

        CommandLineRun run = create("--weights", weights(net, "train.safetensors"), "-o", output);

        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("repvgg-a0 -> " + output)
                .containsPattern("Form +deploy\\R")
                .containsPattern("Parameters +7,034,789\\R")
                .containsPattern("Multiply-adds +27,764,992 for an image of 3x32x32\\R");
        assertThat(filesIn(folder)).containsExactly("deploy.onnx", "train.safetensors");
        assertThat(OnnxModel.load(output).operators()).doesNotContainKey("BatchNormalization");
        INDArray images = Nd4j.randn(DataType.FLOAT, 2, 3, SIZE, SIZE);
        double[] expected =
                net.outputSingle(images).castTo(DataType.DOUBLE).ravel().toDoubleVector();
        Tensor feed = Tensor.ofReals(
                TensorType.FLOAT32,
                Shape.of(images.shape()),
                images.castTo(DataType.DOUBLE).ravel().toDoubleVector());
        try (ModelRunner runner = OnnxRuntimeRunner.open(output)) {
            Tensor actual =
                    Objects.requireNonNull(runner.run(Map.of("input", feed)).get("linear"));
            assertThat(actual.reals()).containsExactly(expected, within(1e-5));
        }
    }

    @Test
    void writesEachFormAsANet() throws IOException {
        ComputationGraph net = plan().init(Form.TRAIN);
        Path weights = weights(net, "train.safetensors");
        INDArray images = Nd4j.randn(DataType.FLOAT, 2, 3, SIZE, SIZE);
        INDArray expected = net.outputSingle(images);
        for (String form : new String[] {"train", "deploy"}) {
            Path output = folder.resolve(form + ".zip");

            assertThat(create("--weights", weights, "--form", form, "-o", output)
                            .err())
                    .isEmpty();

            ComputationGraph written = ModelSerializer.restoreComputationGraph(output.toFile());
            assertThat(written.outputSingle(images).sub(expected).amaxNumber().doubleValue())
                    .as(form)
                    .isLessThan(1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "fb", "zip"})
    void writesRandomWeights(String ending) {
        Path output = folder.resolve("random." + ending);

        CommandLineRun run = create("-o", output);

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).containsPattern("Weights +random\\R");
        assertThat(rep4j("inspect", output).out()).contains("Nothing would be folded");
    }

    @Test
    void theTrainFormFolds() {
        Path output = folder.resolve("train.onnx");

        assertThat(create("--form", "train", "-o", output).err()).isEmpty();

        assertThat(rep4j("inspect", output).out()).containsPattern("BatchNormalization +61 ");
    }

    @Test
    void weightsThatDoNotFitAreListed() {
        Path weights = weights(plan().init(Form.TRAIN), "train.safetensors");
        Path output = folder.resolve("deploy.onnx");

        CommandLineRun run = rep4j("zoo", "create", "repvgg-a0", "--weights", weights, "-o", output);

        assertRefused(run, "--verbose lists all 2");
        assertThat(run.err()).contains("train.safetensors").contains("linear.");
        CommandLineRun verbose = rep4j("zoo", "create", "repvgg-a0", "--weights", weights, "-o", output, "--verbose");
        assertRefused(verbose, "train.safetensors");
        assertThat(verbose.out()).contains("linear.weight").contains("linear.bias");
        assertThat(filesIn(folder)).containsExactly("train.safetensors");
    }

    @Test
    void noTrainFormOfADeployForm() {
        Path weights = weights(plan().init(Form.DEPLOY), "deploy.safetensors");

        assertRefused(
                create("--weights", weights, "--form", "train", "-o", folder.resolve("train.zip")),
                "deploy.safetensors holds the deploy form, of which no train form can be made");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "zoo | a command is missing: list or create",
                "zoo create resnet-18 -o x.onnx | there is no net resnet-18: rep4j zoo list prints all",
                "zoo create repvgg-a9 -o x.onnx | of this family there are repvgg-a0, repvgg-a1",
                "zoo create repvgg-a0 | --output",
                "zoo create repvgg-a0 -o x.pt | the output x.pt must end in .onnx, .fb or .zip",
                "zoo create repvgg-a0 -o nowhere/x.onnx | there is no folder",
                "zoo create repvgg-a0 -o x.onnx --size 31 | --size is 31, but must be 32 to 4096",
                "zoo create repvgg-a0 -o x.onnx --classes 0 | --classes is 0, but must be 1 to 1000000",
                "zoo create repvgg-a0 -o x.onnx --form both | --form is both, but must be train or deploy",
                "zoo create repvgg-a0 -o x.onnx --weights nowhere.pth | nowhere.pth: no such file",
                "zoo create repvgg-a0 -o x.onnx --weights pom.xml | pom.xml",
            })
    void refusesInOneLine(String line, String message) {
        assertRefused(rep4j((Object[]) line.split(" ")), message);
        assertThat(Files.exists(Path.of("x.onnx"))).isFalse();
    }
}
