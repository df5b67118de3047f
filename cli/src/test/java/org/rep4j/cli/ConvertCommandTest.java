package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.EXAMPLE;
import static org.rep4j.cli.CommandLineRun.filesIn;
import static org.rep4j.cli.CommandLineRun.fixture;
import static org.rep4j.cli.CommandLineRun.rep4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.graph.Value;
import org.rep4j.onnx.OnnxModel;

class ConvertCommandTest {

    @TempDir
    private Path folder;

    @Test
    void printsWhatItDid() {
        Path model = ReluNets.onnx(folder.resolve("model.onnx"));
        Path output = folder.resolve("model.fb");

        CommandLineRun run = rep4j("convert", model, "-o", output);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith(model + " -> " + output + "\n")
                .containsPattern("Relu +1 +0\\R")
                .containsPattern("relu +0 +1\\R")
                .containsPattern("All ops +1 +1\\R")
                .containsPattern("Parameters +0 +0\\R")
                .containsPattern("File size +\\d+ B +\\S+ K?i?B\\R")
                .containsPattern("Verified +3 samples, largest difference 0, relative")
                .containsPattern("Time +\\d+\\.\\d s")
                .doesNotContain("Folds", "Stayed", "Outputs");
        assertThat(filesIn(folder)).containsExactly("model.fb", "model.onnx");
        assertThat(rep4j("verify", model, output).exitCode()).isZero();
        assertThat(rep4j("verify", output, model).exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 17, 21})
    void theOpsetIsTheOneThatWasAskedFor(int opset) {
        Path graph = ReluNets.sameDiff(folder.resolve("graph.fb"));
        Path output = folder.resolve("graph.onnx");

        CommandLineRun run = rep4j("convert", graph, "-o", output, "--opset", opset);

        assertThat(run.exitCode()).as(run.err()).isZero();
        OnnxModel model = OnnxModel.load(output);
        assertThat(model.opset()).isEqualTo(opset);
        assertThat(model.inputs()).extracting(Value::name).containsExactly("x");
        assertThat(model.outputs()).extracting(Value::name).containsExactly("y");
        assertThat(rep4j("verify", graph, output).exitCode()).isZero();
    }

    @Test
    void withoutAnOpsetItIsSeventeen() {
        Path graph = ReluNets.sameDiff(folder.resolve("graph.fb"));

        rep4j("convert", graph, "-o", folder.resolve("graph.onnx"));

        assertThat(OnnxModel.load(folder.resolve("graph.onnx")).opset()).isEqualTo(17);
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 22})
    void anOpsetOutOfRangeIsRefused(int opset) {
        Path graph = ReluNets.sameDiff(folder.resolve("graph.fb"));

        assertRefused("--opset is " + opset + ", but must be 13 to 21", graph, "graph.onnx", "--opset", opset);
    }

    @Test
    void sizesThatAreOpenStayOpen() {
        Path model = ReluNets.onnx(folder.resolve("model.onnx"));
        Path graph = folder.resolve("graph.fb");
        Path back = folder.resolve("back.onnx");
        rep4j("convert", model, "-o", graph, "--input", "x=3x3x20x30");
        rep4j("convert", graph, "-o", back);

        assertThat(rep4j("inspect", graph).out()).contains("Inputs   x ?x3x?x?");
        assertThat(rep4j("inspect", back).out()).contains("Inputs   x ?x3x?x?");
        for (String shape : List.of("3x3x20x30", "1x3x7x5")) {
            assertThat(rep4j("verify", model, back, "--input", "x=" + shape).exitCode())
                    .isZero();
        }
        assertThat(rep4j("verify", model, graph, "--input", "x=1x4x20x30").err())
                .contains("cannot have the shape");
    }

    @Test
    void replacesAnExistingOutput() throws IOException {
        Path output = Files.writeString(folder.resolve("model.fb"), "old");

        rep4j("convert", ReluNets.onnx(folder.resolve("model.onnx")), "-o", output);

        assertThat(rep4j("inspect", output).exitCode()).isZero();
    }

    @Test
    void aFolderIsConvertedWithItsNamesAndOneBadModelStopsNoOther() throws IOException {
        Path models = Files.createDirectory(folder.resolve("models"));
        ReluNets.onnx(models.resolve("a.onnx"));
        Files.writeString(models.resolve("b.onnx"), "no model");
        Files.copy(models.resolve("a.onnx"), models.resolve("c.v2.ONNX"));
        ReluNets.sameDiff(models.resolve("d.fb"));
        Files.writeString(models.resolve("notes.txt"), "no model, and none is claimed");
        Path output = folder.resolve("out");

        CommandLineRun run = rep4j("convert", models, "-o", output, "--to", "fb");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(filesIn(output)).containsExactly("a.fb", "c.v2.fb");
        assertThat(run.errorLines()).isEqualTo(1);
        assertThat(run.err()).contains("b.onnx");
    }

    @Test
    void aFolderMayBeItsOwnOutput() {
        ReluNets.onnx(folder.resolve("a.onnx"));

        assertThat(rep4j("convert", folder, "-o", folder, "--to", "fb").exitCode())
                .isZero();
        assertThat(rep4j("convert", folder, "-o", folder, "--to", "fb").exitCode())
                .as("again")
                .isZero();
        assertThat(filesIn(folder)).containsExactly("a.fb", "a.onnx");
    }

    @Test
    void aSingleModelGoesIntoAnExistingFolder() throws IOException {
        Path graph = ReluNets.sameDiff(folder.resolve("graph.fb"));
        Path output = Files.createDirectory(folder.resolve("out"));

        assertThat(rep4j("convert", graph, "-o", output, "--to", "onnx").exitCode())
                .isZero();
        assertThat(filesIn(output)).containsExactly("graph.onnx");
    }

    @Test
    void foldersNeedAFormat() {
        Path models = folder.resolve("models");
        assertThat(models.toFile().mkdir()).isTrue();
        ReluNets.onnx(models.resolve("a.onnx"));

        assertRefused("--to fb or --to onnx must say", models, "out");
        assertRefused("holds no .fb or .zip files", models, "out", "--to", "onnx");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void aModelThatHasTheFormatIsReferredToDeploy() {
        Path graph = ReluNets.sameDiff(folder.resolve("graph.fb"));

        assertRefused("is a SameDiff graph already: convert changes the format", graph, "other.fb");
        assertRefused("rep4j deploy folds a model in its own format", EXAMPLE, "other.onnx", "--opset", 13);
        assertRefused("is a SameDiff graph already", graph, "out", "--to", "fb", EXAMPLE);
        assertRefused("must end in .fb, as --to says", EXAMPLE, "other.onnx", "--to", "fb");
    }

    @Test
    void outputsOfTheSameName() throws IOException {
        Path a = ReluNets.onnx(folder.resolve("a.onnx"));
        Path twin = ReluNets.onnx(Files.createDirectory(folder.resolve("twins")).resolve("a.onnx"));

        assertRefused("would overwrite the output of", a, "out", "--to", "fb", twin);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void opsThatCannotBeConvertedAreListed() {
        Path model = ReluNets.ops(folder.resolve("model.onnx"), "Relu", "Unique", "Relu", "Melt", "Unique");

        CommandLineRun run = rep4j("convert", model, "-o", folder.resolve("model.fb"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("rep4j: " + model
                        + ": 3 ops cannot be converted: 2 x Unique: node_1, node_4; 1 x Melt: node_3\n");
        assertThat(run.out())
                .containsPattern("Op +Type +Cannot be converted because\\R")
                .containsPattern("node_1 +Unique +no op of this type can\\R")
                .containsPattern("node_4 +Unique +no op of this type can\\R");
        assertThat(filesIn(folder)).containsExactly("model.onnx");
    }

    @Test
    void whatIsAskedForMayBeInsideTheGraph() {
        Path graph = ReluNets.sameDiff(folder.resolve("graph.fb"));
        Path output = folder.resolve("graph.onnx");

        CommandLineRun run = rep4j("convert", graph, "-o", output, "--output-names", "inner,y");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(OnnxModel.load(output).outputs()).extracting(Value::name).containsExactly("inner", "y");
        assertThat(rep4j("verify", output, graph).exitCode()).isZero();
        assertRefused(
                "the graph has no variable z; what it computes and no op reads is y",
                graph,
                "other.onnx",
                "--output-names",
                "z");
    }

    @Test
    void missingAndStrangeFilesAreRefused() throws IOException {
        assertRefused("missing.onnx: no such file", folder.resolve("missing.onnx"), "model.fb");
        assertRefused("missing.fb: no such file", folder.resolve("missing.fb"), "model.onnx");
        assertRefused(
                "x.pt is no model: its name must end in .onnx, .fb or .zip",
                Files.writeString(folder.resolve("x.pt"), ""),
                "model.fb");
        assertRefused("must end in .onnx, .fb or .zip", EXAMPLE, "model.pt");
        assertRefused("there is no folder", EXAMPLE, "nowhere/model.fb");
        assertThat(filesIn(folder)).containsExactly("x.pt");
    }

    @Test
    void withoutVerificationNothingIsRun() {
        Path output = folder.resolve("graph.onnx");

        CommandLineRun run =
                rep4j("convert", ReluNets.sameDiff(folder.resolve("graph.fb")), "-o", output, "--no-verify");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Verified  no (--no-verify)");
        assertThat(output).exists();
    }

    @Test
    void deployWritesTheOtherFormatToo() {
        Path graph = ReluNets.sameDiff(folder.resolve("graph.fb"));
        Path output = folder.resolve("graph.onnx");

        CommandLineRun run = rep4j("deploy", graph, "-o", output, "--opset", 15);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Folds     0; 0 of 2 ops folded").contains("Verified  3 samples");
        assertThat(OnnxModel.load(output).opset()).isEqualTo(15);
    }

    /** What is asked for is also read by an op that stays, so that the file looks as if it were no output. */
    @Test
    void outputsThatTheFileDoesNotTellAreNamed() {
        Path graph = ReluNets.sameDiff(folder.resolve("graph.fb"));

        CommandLineRun run = rep4j("deploy", graph, "-o", folder.resolve("deploy.fb"), "--output-names", "inner,y");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Outputs   inner, y; the file does not tell them: --output-names does");
    }

    @Test
    void deployIntoAFolderKeepsTheFormatUnlessToldOtherwise() {
        Path graph = ReluNets.sameDiff(folder.resolve("graph.fb"));
        Path model = ReluNets.onnx(folder.resolve("model.onnx"));

        rep4j("deploy", graph, model, "-o", folder.resolve("same"));
        rep4j("deploy", graph, model, "-o", folder.resolve("onnx"), "--to", "onnx");
        rep4j("deploy", graph, model, "-o", folder.resolve("fb"), "--to", "fb");

        assertThat(filesIn(folder.resolve("same"))).containsExactly("graph.fb", "model.onnx");
        assertThat(filesIn(folder.resolve("onnx"))).containsExactly("graph.onnx", "model.onnx");
        assertThat(filesIn(folder.resolve("fb"))).containsExactly("graph.fb", "model.fb");
    }

    @Test
    void modelsWithOtherInputsAreNotCompared() {
        Path graph = ReluNets.sameDiff(folder.resolve("graph.fb"));

        CommandLineRun run = rep4j("verify", fixture("conv_bn"), graph);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("the models have different inputs: [input] and [x]");
    }

    private void assertRefused(String message, Path model, String output, Object... options) {
        List<String> before = filesIn(folder);
        Object[] arguments = new Object[options.length + 4];
        arguments[0] = "convert";
        arguments[1] = model;
        arguments[2] = "-o";
        arguments[3] = folder.resolve(output);
        System.arraycopy(options, 0, arguments, 4, options.length);

        CommandLineRun run = rep4j(arguments);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("rep4j: ").contains(message);
        assertThat(run.errorLines()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(filesIn(folder)).isEqualTo(before);
    }
}
