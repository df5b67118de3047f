package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.rep4j;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @ParameterizedTest
    @ValueSource(strings = {"deploy", "convert", "inspect", "verify"})
    void helpHasExamplesAndExitCodes(String command) {
        CommandLineRun run = rep4j(command, "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("Examples:")
                .contains("rep4j " + command + " model.onnx")
                .contains("Exit codes:");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void theProgramsHelpNamesAllCommands() {
        assertThat(rep4j("--help").out())
                .contains("deploy", "convert", "inspect", "verify")
                .contains("Exit codes: 0 done, 1 not equivalent, 2 bad input or usage.");
    }

    @Test
    void linesOfHelpFitATerminal() {
        for (String command : new String[] {"deploy", "convert", "inspect", "verify"}) {
            assertThat(rep4j(command, "--help").out().lines()).allMatch(line -> line.length() <= 100);
        }
    }

    @Test
    void versionTellsWhatRuns() {
        CommandLineRun run = rep4j("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .containsPattern("rep4j \\d+\\.\\d+\\.\\d+")
                .contains("Java " + Runtime.version())
                .containsPattern("ONNX Runtime \\d+\\.\\d+\\.\\d+")
                .containsPattern("ND4J 1\\.0\\.0-M2\\.1, native build \\w+-\\w+")
                .doesNotContain("unknown");
    }

    @Test
    void theNativeBuildIsOneForThisMachine() {
        assertThat(Versions.nativeBuild())
                .hasValueSatisfying(
                        build -> assertThat(build).containsPattern("^(linux|macosx|windows)-(x86_64|arm64)"));
    }

    /** Its classes are many: what does not need them starts without. */
    @Test
    void onnxModelsDoNotLoadDeeplearning4j(@TempDir Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("classes.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + log,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "deploy",
                        CommandLineRun.EXAMPLE.toString(),
                        "-o",
                        folder.resolve("deploy.onnx").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile())
                .start();

        assertThat(process.waitFor()).isZero();
        assertThat(log)
                .content()
                .contains("org.rep4j.cli.OnnxFile")
                .doesNotContain("org.deeplearning4j")
                .doesNotContain("org.rep4j.layers");
    }
}
