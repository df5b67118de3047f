package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.filesIn;
import static org.rep4j.cli.CommandLineRun.fixture;
import static org.rep4j.cli.CommandLineRun.rep4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.onnx.OnnxModel;

/** Nets that PyTorch exported, from format to format and back. */
class ConvertNetsCommandTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "squeezenet1_1",
                "mobilenet_v2",
                "repvgg_block_dynamic",
                "conversions/conv2d_grouped_dilated",
                "conversions/suppressed_boxes",
                "conversions/unet"
            })
    void thereAndBack(String net) {
        Path graph = folder.resolve("net.fb");
        Path back = folder.resolve("back.onnx");

        CommandLineRun there = rep4j("convert", fixture(net), "-o", graph);
        CommandLineRun again = rep4j("convert", graph, "-o", back, "--opset", 15);

        assertThat(there.exitCode()).as(there.err()).isZero();
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(there.out()).contains("Verified  3 samples");
        assertThat(OnnxModel.load(back).opset()).isEqualTo(15);
        assertThat(rep4j("verify", fixture(net), back).exitCode()).isZero();
    }

    @Test
    void aFolderIsDeployedAndConvertedAroundADamagedModel() throws IOException {
        Path models = Files.createDirectory(folder.resolve("models"));
        for (String net : new String[] {"resnet18", "shufflenet_v2", "repvgg_block_g2"}) {
            Files.copy(fixture(net), models.resolve(net + ".onnx"));
        }
        byte[] whole = Files.readAllBytes(fixture("mobilenet_v2"));
        Files.write(models.resolve("mobilenet_v2.onnx"), Arrays.copyOf(whole, whole.length / 2));
        Files.writeString(models.resolve("notes.txt"), "no model");
        Path graphs = folder.resolve("graphs");
        Path back = folder.resolve("back");

        CommandLineRun there = rep4j("deploy", models, "-o", graphs, "--to", "fb");
        CommandLineRun again = rep4j("convert", graphs, "-o", back, "--to", "onnx");

        assertThat(there.exitCode()).isEqualTo(2);
        assertThat(there.err())
                .isEqualTo("rep4j: " + models.resolve("mobilenet_v2.onnx")
                        + " is not an ONNX model, or a truncated one\n");
        assertThat(filesIn(graphs)).containsExactly("repvgg_block_g2.fb", "resnet18.fb", "shufflenet_v2.fb");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(filesIn(back)).containsExactly("repvgg_block_g2.onnx", "resnet18.onnx", "shufflenet_v2.onnx");
        OnnxModel resnet = OnnxModel.load(back.resolve("resnet18.onnx"));
        assertThat(resnet.operators()).containsEntry("Conv", 20L).doesNotContainKey("BatchNormalization");
        assertThat(rep4j("verify", fixture("resnet18"), back.resolve("resnet18.onnx"))
                        .exitCode())
                .isZero();
    }
}
