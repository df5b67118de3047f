package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.EXAMPLE;
import static org.rep4j.cli.CommandLineRun.filesIn;
import static org.rep4j.cli.CommandLineRun.fixture;
import static org.rep4j.cli.CommandLineRun.rep4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {

    @TempDir
    private Path folder;

    @Test
    void refusesAShapeForAnInputThatThereIsNot() {
        CommandLineRun run = rep4j("inspect", EXAMPLE, "--input", "nix=1x2");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("the model has no input nix; its inputs are input");
    }

    @Test
    void namesTheRulesThatChangedAnOpBeforeItWent() {
        assertThat(rep4j("inspect", EXAMPLE, "--all").out())
                .containsPattern(
                        "pointwise\\.0/Conv +Conv +part of \\S+ +GrowKernelToSibling, MergeParallelConvolutions");
    }

    @Test
    void printsCostsAndFolds() {
        CommandLineRun run = rep4j("inspect", EXAMPLE);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith(EXAMPLE + ": ONNX, opset 13")
                .contains("Inputs   input ?x3x64x64")
                .contains("Outputs  output ?x10")
                .containsPattern("Op +Count +Parameters +Multiply-adds +Memory access")
                .containsPattern("BatchNormalization +28 +2,048 +0 +159,232")
                .containsPattern("Conv +22 +146,400 +4,915,200 +\\d{3},\\d{3}")
                .containsPattern("Gemm +1 +650 +640 +724")
                .containsPattern("Total +81 +149,098 +4,915,840 +\\d{3},\\d{3}")
                .contains("For an input of 1x3x64x64")
                .containsPattern("AbsorbBatchNormIntoConvolution +22")
                .containsPattern("MergeParallelConvolutions +11")
                .contains("56 of 81 ops folded into others, 0 removed, 11 changed, 14 kept")
                .doesNotContain("Would stay");
    }

    @Test
    void tellsWhatWouldNotBeFoldedAndWhy() {
        CommandLineRun run = rep4j("inspect", fixture("conv_shared"));

        assertThat(run.out())
                .contains("Nothing would be folded")
                .contains("Would stay")
                .containsPattern("/norm/BatchNormalization +BatchNormalization +the output of .* is also used by")
                .doesNotContain("Relu is not linear");
    }

    @Test
    void onRequestEveryOpIsListed() {
        CommandLineRun run = rep4j("inspect", fixture("repvgg_block_opset13"), "--all");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("Op by op")
                .containsPattern(
                        "BatchNormalization +part of .*Conv +AbsorbBatchNormIntoConvolution, GrowKernelToSibling, Merge")
                .containsPattern("Conv +changed +AbsorbBatchNormIntoConvolution, ")
                .containsPattern("Relu +kept +Relu is not linear");
        long ops = run.out().lines().dropWhile(l -> !l.equals("Op by op")).count() - 2;
        assertThat(run.out()).contains(" of " + ops + " ops folded into others");
    }

    @Test
    void jsonIsAllThatIsPrinted() throws IOException {
        CommandLineRun run = rep4j("inspect", fixture("conv_shared"), "--json");

        assertThat(run.err()).isEmpty();
        JsonNode report = new ObjectMapper().readTree(run.out());
        List<String> names = new ArrayList<>();
        report.fieldNames().forEachRemaining(names::add);
        assertThat(names).containsExactly("model", "inputs", "before", "after", "rewrites", "declined", "ops");
        assertThat(report.at("/before/fileSize").asLong()).isEqualTo(Files.size(fixture("conv_shared")));
        assertThat(report.at("/after/fileSize").isNull()).isTrue();
        assertThat(report.get("ops")).hasSize(4);
    }

    @Test
    void aReportIsWrittenInTheFormatOfItsEnding() throws IOException {
        CommandLineRun json = rep4j("inspect", EXAMPLE, "--json");
        assertThat(rep4j("inspect", EXAMPLE, "--report", folder.resolve("r.json"))
                        .exitCode())
                .isZero();
        assertThat(folder.resolve("r.json")).content().isEqualToIgnoringNewLines(json.out());

        assertThat(rep4j("inspect", EXAMPLE, "--report", folder.resolve("r.html"))
                        .exitCode())
                .isZero();
        assertThat(folder.resolve("r.html"))
                .content()
                .startsWith("<!DOCTYPE html>")
                .contains("repvgg-tiny.onnx")
                .contains("For an input of 1x3x64x64")
                .contains("Not verified");
        assertThat(filesIn(folder)).containsExactly("r.html", "r.json");
    }

    @Test
    void aReportOfAnotherFormatIsRefusedBeforeAnythingIsDone() {
        CommandLineRun run = rep4j("inspect", folder.resolve("missing.onnx"), "--report", folder.resolve("r.svg"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("r.svg must end in .json or .html");
    }

    @Test
    void costMayBeAllowed() {
        assertThat(rep4j("inspect", EXAMPLE, "--allow-cost").exitCode()).isZero();
        assertThat(rep4j("inspect", "--help").out()).contains("--allow-cost").contains("multiply-adds or parameters");
    }

    @Test
    void inputShapesAreUsed() {
        CommandLineRun run = rep4j("inspect", fixture("repvgg_block_dynamic"), "--input", "input=2x8x5x5");

        assertThat(run.out()).contains("For an input of 2x8x5x5").containsPattern("Conv +2 +\\d+ +32,000 ");
    }
}
