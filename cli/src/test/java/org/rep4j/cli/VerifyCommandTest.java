package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.EXAMPLE;
import static org.rep4j.cli.CommandLineRun.fixture;
import static org.rep4j.cli.CommandLineRun.rep4j;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {

    @TempDir
    private Path folder;

    @Test
    void aDeployFormIsEquivalent() {
        Path deploy = folder.resolve("deploy.onnx");
        rep4j("deploy", EXAMPLE, "-o", deploy);

        CommandLineRun run = rep4j("verify", EXAMPLE, deploy);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .containsPattern("output +\\d\\.\\de-\\d\\d +\\d\\.\\de-\\d\\d +1\\.0e-04 +equal")
                .contains("Equivalent: 3 samples");
    }

    @Test
    void otherWeightsAreNot() {
        CommandLineRun run = rep4j("verify", fixture("repvgg_block_opset13"), fixture("repvgg_block_depthwise"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("DIFFERENT").contains("NOT equivalent: ");
    }

    @Test
    void theToleranceDecides() {
        Path deploy = folder.resolve("deploy.onnx");
        rep4j("deploy", EXAMPLE, "-o", deploy);

        assertThat(rep4j("verify", EXAMPLE, deploy, "--tolerance", "1e-12").exitCode())
                .isEqualTo(1);
    }

    @Test
    void modelsWithOtherInputsCannotBeCompared() {
        CommandLineRun run = rep4j("verify", fixture("linear_bn"), fixture("conv_bn"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("only one of the models runs on input[2,12]");
    }

    /** What the sigmoid reads has other names in the two files; it is compared under that of the reference. */
    @Test
    void logitsAreComparedAcrossFormats() {
        Path model = ReluNets.ops(folder.resolve("model.onnx"), "Relu", "Sigmoid");
        Path graph = ReluNets.sigmoid(folder.resolve("graph.fb"));

        CommandLineRun run = rep4j("verify", model, graph);
        CommandLineRun back = rep4j("verify", graph, model);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("y +\\S+ +\\S+ +1\\.0e-04 +equal")
                .containsPattern("value_1 +0 +0 .*equal");
        assertThat(back.exitCode()).as(back.err()).isZero();
        assertThat(back.out()).containsPattern("hidden +0 +0 .*equal").doesNotContain("value_1");
    }

    @Test
    void otherLogitsAreNotEquivalent() {
        Path model = ReluNets.ops(folder.resolve("model.onnx"), "Relu", "Neg", "Sigmoid");
        Path graph = ReluNets.sigmoid(folder.resolve("graph.fb"));

        CommandLineRun run = rep4j("verify", model, graph);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).containsPattern("value_2 .*DIFFERENT").contains("NOT equivalent");
    }
}
