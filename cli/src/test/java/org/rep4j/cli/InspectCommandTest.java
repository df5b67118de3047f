package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.EXAMPLE;
import static org.rep4j.cli.CommandLineRun.fixture;
import static org.rep4j.cli.CommandLineRun.rep4j;

import org.junit.jupiter.api.Test;

class InspectCommandTest {

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
                .doesNotContain("Would stay");
    }

    @Test
    void tellsWhatWouldNotBeFoldedAndWhy() {
        CommandLineRun run = rep4j("inspect", fixture("conv_shared"));

        assertThat(run.out())
                .contains("Nothing would be folded")
                .contains("Would stay")
                .containsPattern("\\(BatchNormalization\\): .*is also used by");
    }

    @Test
    void inputShapesAreUsed() {
        CommandLineRun run = rep4j("inspect", fixture("repvgg_block_dynamic"), "--input", "input=2x8x5x5");

        assertThat(run.out()).contains("For an input of 2x8x5x5").containsPattern("Conv +2 +\\d+ +32,000 ");
    }
}
