package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.filesIn;
import static org.rep4j.cli.CommandLineRun.rep4j;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on .fb files. */
class SameDiffCommandsTest {

    @TempDir
    private Path folder;

    @Test
    void deploysAndVerifies() {
        Path model = SameDiffModels.residualBlock(folder.resolve("block.fb"));
        Path output = folder.resolve("deploy.fb");

        CommandLineRun run = rep4j("deploy", model, "-o", output);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .containsPattern("batchnorm +2 +0\\R")
                .containsPattern("conv2d +2 +1\\R")
                .contains("Multiply-adds for an input of 1x4x64x64")
                .containsPattern("Multiply-adds +655,360 +589,824\\R")
                .contains("Verified  3 samples");
        assertThat(filesIn(folder)).containsExactly("block.fb", "deploy.fb");
        assertThat(rep4j("verify", model, output).exitCode()).isZero();
        assertThat(rep4j("verify", model, output, "--tolerance", "1e-15").exitCode())
                .isEqualTo(1);
    }

    @Test
    void inspects() {
        Path model = SameDiffModels.residualBlock(folder.resolve("block.fb"));

        CommandLineRun run = rep4j("inspect", model, "--input", "x=1x4x10x10");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith(model + ": SameDiff")
                .contains("Inputs   x ?x4x?x?")
                .containsPattern("conv2d +2 +160 +16,000 ")
                .containsPattern("AbsorbBatchNormIntoConvolution +2");
    }
}
