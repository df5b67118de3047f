package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.EXAMPLE;
import static org.rep4j.cli.CommandLineRun.filesIn;
import static org.rep4j.cli.CommandLineRun.fixture;
import static org.rep4j.cli.CommandLineRun.rep4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto.DataType;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rep4j.onnx.OnnxModel;

class DeployCommandTest {

    @TempDir
    private Path folder;

    @Test
    void printsWhatItDid() {
        Path output = folder.resolve("deploy.onnx");

        CommandLineRun run = rep4j("deploy", EXAMPLE, "-o", output);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith(EXAMPLE + " -> " + output)
                .containsPattern("BatchNormalization +28 +0\\R")
                .containsPattern("Conv +22 +11\\R")
                .containsPattern("Parameters +149,098 +132,810\\R")
                .containsPattern("Multiply-adds +4,915,840 +4,424,320\\R")
                .containsPattern("File size +609\\.4 KiB +\\d+\\.\\d KiB\\R")
                .contains("Multiply-adds for an input of 1x3x64x64")
                .containsPattern("Verified +3 samples, largest difference \\d\\.\\de-0\\d, relative")
                .containsPattern("Time +\\d+\\.\\d s")
                .doesNotContain("Stayed");
        assertThat(OnnxModel.load(output).operators())
                .isEqualTo(Map.of("Conv", 11L, "Relu", 11L, "GlobalAveragePool", 1L, "Flatten", 1L, "Gemm", 1L));
        assertThat(filesIn(folder)).containsExactly("deploy.onnx");
    }

    @Test
    void tellsWhatStayed() {
        CommandLineRun run = rep4j("deploy", fixture("conv_shared"), "-o", folder.resolve("deploy.onnx"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Stayed").containsPattern("BatchNormalization +1  .*is also used by");
    }

    @Test
    void replacesAnExistingOutput() throws IOException {
        Path output = Files.writeString(folder.resolve("deploy.onnx"), "old");

        assertThat(rep4j("deploy", fixture("conv_bn"), "-o", output).exitCode()).isZero();

        assertThat(OnnxModel.load(output).operators()).isEqualTo(Map.of("Conv", 1L));
    }

    @Test
    void theOutputIsAsReadableAsAnyNewFile() throws IOException {
        Path output = folder.resolve("deploy.onnx");
        Path ordinary = Files.writeString(folder.resolve("ordinary"), "");

        rep4j("deploy", fixture("conv_bn"), "-o", output);

        assertThat(Files.getPosixFilePermissions(output)).isEqualTo(Files.getPosixFilePermissions(ordinary));
    }

    @Test
    void aToleranceOfZeroIsNotMetAndNothingIsWritten() throws IOException {
        Path output = Files.writeString(folder.resolve("deploy.onnx"), "old");

        CommandLineRun run = rep4j("deploy", EXAMPLE, "-o", output, "--tolerance", 0);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errorLines()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("rep4j: ")
                .contains("the deploy form is not equivalent: output output: relative difference")
                .containsPattern(
                        ", tolerance 0, after rewrite \\d+ of 50: \\w+ on \\S+ \\(\\w+\\); the input is unchanged")
                .endsWith("nothing was written\n");
        assertThat(output).hasContent("old");
        assertThat(filesIn(folder)).containsExactly("deploy.onnx");
    }

    @Test
    void withoutVerificationNoToleranceCounts() {
        Path output = folder.resolve("deploy.onnx");

        CommandLineRun run = rep4j("deploy", EXAMPLE, "-o", output, "--tolerance", 0, "--no-verify");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Verified  no (--no-verify)").contains("4,424,320");
        assertThat(output).exists();
    }

    @Test
    void severalModelsGoIntoAFolder() {
        Path output = folder.resolve("out");

        CommandLineRun run = rep4j("deploy", fixture("conv_bn"), fixture("conv1d_bn"), "-o", output);

        assertThat(run.exitCode()).isZero();
        assertThat(filesIn(output)).containsExactly("conv1d_bn.onnx", "conv_bn.onnx");
        assertThat(run.out()).contains("conv_bn.onnx -> ").contains("conv1d_bn.onnx -> ");
    }

    @Test
    void aSingleModelGoesIntoAnExistingFolder() {
        assertThat(rep4j("deploy", fixture("conv_bn"), "-o", folder).exitCode()).isZero();

        assertThat(filesIn(folder)).containsExactly("conv_bn.onnx");
    }

    @Test
    void aFolderOfModelsGoesIntoAFolderAndOneBadModelStopsNoOther() throws IOException {
        Path models = Files.createDirectory(folder.resolve("models"));
        Files.copy(fixture("conv_bn"), models.resolve("a.onnx"));
        Files.writeString(models.resolve("b.onnx"), "no model");
        Files.copy(fixture("conv1d_bn"), models.resolve("c.ONNX"));
        Files.writeString(models.resolve("notes.txt"), "no model, and none is claimed");
        Path output = folder.resolve("out");

        CommandLineRun run = rep4j("deploy", models, "-o", output);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(filesIn(output)).containsExactly("a.onnx", "c.ONNX");
        assertThat(run.errorLines()).isEqualTo(1);
        assertThat(run.err()).contains("b.onnx");
    }

    @Test
    void theWorstExitCodeCounts() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.onnx"), "no model");
        Path output = folder.resolve("out");

        CommandLineRun run = rep4j("deploy", bad, EXAMPLE, "-o", output, "--tolerance", 0);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errorLines()).isEqualTo(2);
        assertThat(filesIn(output)).isEmpty();
    }

    @Test
    void aPageShowsOneModel() {
        Path page = folder.resolve("report.html");

        CommandLineRun run = rep4j("deploy", EXAMPLE, "-o", folder.resolve("deploy.onnx"), "--report", page);

        assertThat(run.exitCode()).isZero();
        assertThat(page).content().startsWith("<!DOCTYPE html>").contains("Verified: 3 samples");
        assertThat(filesIn(folder)).containsExactly("deploy.onnx", "report.html");

        CommandLineRun several =
                rep4j("deploy", EXAMPLE, fixture("conv_bn"), "-o", folder.resolve("out"), "--report", page);
        assertThat(several.exitCode()).isEqualTo(2);
        assertThat(several.err()).contains("can show one model only");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void inputShapesAreUsed() {
        CommandLineRun run = rep4j(
                "deploy",
                fixture("repvgg_block_dynamic"),
                "-o",
                folder.resolve("deploy.onnx"),
                "--input",
                "input=1x8x20x30");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("for an input of 1x8x20x30").containsPattern("Multiply-adds +384,000 +345,600");
    }

    @Test
    void channelsThatTheFileLeavesOpenAreThoseOfTheKernel() {
        CommandLineRun run = rep4j("deploy", fixture("repvgg_block_se_dynamic"), "-o", folder.resolve("deploy.onnx"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("for an input of 1x32x64x64");
    }

    @Test
    void whatOnnxRuntimeCannotRunIsWrittenOnlyUnverified() throws IOException {
        Path model = ofUnknownOp(folder.resolve("unknown.onnx"));
        Path output = folder.resolve("deploy.onnx");

        CommandLineRun verified = rep4j("deploy", model, "-o", output);

        assertThat(verified.exitCode()).isEqualTo(2);
        assertThat(verified.errorLines()).isEqualTo(1);
        assertThat(verified.err()).contains("unknown.onnx cannot be verified").contains("--no-verify");
        assertThat(output).doesNotExist();

        CommandLineRun unverified = rep4j("deploy", model, "-o", output, "--no-verify");

        assertThat(unverified.exitCode()).isZero();
        assertThat(unverified.out()).contains("Some figures may be unknown: ONNX Runtime cannot run it");
        assertThat(output).exists();
    }

    private static Path ofUnknownOp(Path file) throws IOException {
        GraphProto graph = GraphProto.newBuilder()
                .setName("unknown")
                .addInput(floats("x"))
                .addOutput(floats("y"))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Melt")
                        .setDomain("org.example")
                        .addInput("x")
                        .addOutput("y"))
                .build();
        ModelProto model = ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain("org.example").setVersion(1))
                .setGraph(graph)
                .build();
        return Files.write(file, model.toByteArray());
    }

    private static ValueInfoProto floats(String name) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(3))
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(DataType.FLOAT.getNumber())
                                .setShape(shape)))
                .build();
    }
}
