package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.EXAMPLE;
import static org.rep4j.cli.CommandLineRun.filesIn;
import static org.rep4j.cli.CommandLineRun.fixture;
import static org.rep4j.cli.CommandLineRun.rep4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --importer samediff-import-onnx} gets right, wrong and not at all. */
class ImporterOptionTest {

    @TempDir
    private Path folder;

    private Path output = Path.of("");

    @BeforeEach
    void nameTheOutput() {
        output = folder.resolve("model.fb");
    }

    private CommandLineRun run(String command, String fixture) {
        return rep4j(command, fixture(fixture), "-o", output, "--importer", "samediff-import-onnx");
    }

    @Test
    void whatItImportsRightlyIsWrittenAndFolds() {
        CommandLineRun converted = run("convert", "repvgg_block_dynamic");

        assertThat(converted.exitCode()).as(converted.err()).isZero();
        assertThat(converted.out())
                .containsPattern("Conv +2 +0\\R")
                .containsPattern("conv2d +0 +2\\R")
                .containsPattern("Parameters +688 +688\\R")
                .contains("Verified  3 samples");
        assertThat(filesIn(folder)).containsExactly("model.fb");
        assertThat(rep4j("verify", fixture("repvgg_block_dynamic"), output, "--input", "input=3x8x20x30")
                        .exitCode())
                .isZero();

        CommandLineRun deployed = rep4j("deploy", output, "-o", folder.resolve("deploy.fb"));

        assertThat(deployed.exitCode()).as(deployed.err()).isZero();
        assertThat(deployed.out())
                .containsPattern("All ops +20 +2\\R")
                .contains("Multiply-adds for an input of 1x8x64x64");
    }

    @Test
    void theDeployFormIsImported() {
        CommandLineRun run = run("deploy", "repvgg_block_dynamic");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("Conv +2 +0\\R")
                .containsPattern("conv2d +0 +1\\R")
                .containsPattern("Parameters +688 +584\\R")
                .contains("Folds     5; 6 of 8 ops folded into others")
                .contains("Verified  3 samples");
        assertThat(rep4j("verify", fixture("repvgg_block_dynamic"), output).exitCode())
                .isZero();
    }

    @Test
    void wrongNumbersAreNotWritten() throws IOException {
        Files.writeString(output, "old");

        CommandLineRun run = run("convert", "linear_bn");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("Differs   3 samples").doesNotContain("->");
        assertThat(run.err())
                .startsWith(
                        "rep4j: " + fixture("linear_bn")
                                + ": the converted model, which samediff-import-onnx imported, is not equivalent: output output: relative")
                .endsWith("; the input is unchanged, nothing was written\n");
        assertThat(output).hasContent("old");
        assertThat(filesIn(folder)).containsExactly("model.fb");
    }

    @Test
    void noRuleIsBlamedForTheImporter() {
        CommandLineRun run = run("deploy", "linear_bn");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("the deploy form, which samediff-import-onnx imported, is not equivalent")
                .contains("; what is converted without a fold is not equivalent either, so no rule is to blame")
                .endsWith("; the input is unchanged, nothing was written\n");
        assertThat(filesIn(folder)).isEmpty();
    }

    @Test
    void anExceptionIsOneLine() {
        assertFails(
                "conv_transpose_bn",
                "cannot be imported: samediff-import-onnx throws java.lang.IllegalArgumentException");
    }

    @Test
    void aCrashIsOneLine() {
        assertFails(
                "efficientnet_b0",
                "cannot be imported: samediff-import-onnx crashed its Java virtual machine: SIGSEGV");
    }

    @Test
    void aGraphThatContradictsItselfIsOneLine() {
        assertFails("mobilenet_v2", "what samediff-import-onnx made contradicts itself: ClipByValue");
    }

    @Test
    void withoutItsBuildItSaysHowToGetIt() {
        String build = System.getProperty("rep4j.importer");
        System.setProperty("rep4j.importer", folder.resolve("none").toString());
        try {
            assertFails("conv_bn", "samediff-import-onnx has not been built");
        } finally {
            System.setProperty("rep4j.importer", build);
        }
    }

    @Test
    void itIsOfUseForOnnxModelsOnly() {
        Path graph = ReluNets.sameDiff(folder.resolve("graph.fb"));

        CommandLineRun run =
                rep4j("convert", graph, "-o", folder.resolve("graph.onnx"), "--importer", "samediff-import-onnx");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("--importer is for ONNX models that become SameDiff graphs, and there are none here");
    }

    @Test
    void severalModelsAreEachOnTheirOwn() {
        CommandLineRun run = rep4j(
                "convert",
                fixture("conv_transpose_bn"),
                fixture("conv_bn"),
                EXAMPLE,
                "-o",
                folder.resolve("out"),
                "--to",
                "fb",
                "--importer",
                "samediff-import-onnx");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errorLines()).isEqualTo(2);
        assertThat(run.err())
                .contains("conv_transpose_bn.onnx cannot be imported")
                .contains("repvgg-tiny.onnx: the converted");
        assertThat(filesIn(folder.resolve("out"))).containsExactly("conv_bn.fb");
    }

    private void assertFails(String fixture, String message) {
        CommandLineRun run = run("convert", fixture);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errorLines()).isEqualTo(1);
        assertThat(run.err()).startsWith("rep4j: " + fixture(fixture)).contains(message);
        assertThat(run.out()).isEmpty();
        assertThat(filesIn(folder)).isEmpty();
    }
}
