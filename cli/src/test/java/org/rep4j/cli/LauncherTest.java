package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher does before Java runs. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
class LauncherTest {
    private static final Path LAUNCHER = Path.of("../rep4j").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private record Run(int exitCode, String output) {}

    @Test
    void isValidBash() throws IOException, InterruptedException {
        assertThat(run(Map.of(), "bash", "-n", LAUNCHER.toString())).isEqualTo(new Run(0, ""));
        assertThat(LAUNCHER).isExecutable();
    }

    @Test
    void refusesAnOldJava() throws IOException, InterruptedException {
        Path home = folder.resolve("jdk 11");
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();

        Run run = run(Map.of("JAVA_HOME", home.toString()), LAUNCHER.toString(), "--version");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output())
                .startsWith("rep4j: ")
                .contains("is version 11, but Rep4J needs 17 or newer")
                .hasLineCount(1);
    }

    @Test
    void saysThatThereIsNoMaven() throws IOException, InterruptedException {
        Path root = Files.createDirectories(folder.resolve("a fresh copy"));
        Path copy = Files.copy(LAUNCHER, root.resolve("rep4j"));
        Path tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : List.of("bash", "env", "dirname", "readlink", "sed", "mkdir", "find", "head", "cat")) {
            Path found = Path.of("/usr/bin", tool);
            Files.createSymbolicLink(tools.resolve(tool), Files.exists(found) ? found : Path.of("/bin", tool));
        }
        Map<String, String> environment =
                Map.of("PATH", tools.toString(), "JAVA_HOME", System.getProperty("java.home"));

        Run run = run(environment, copy.toString(), "--version");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output()).contains("rep4j: there is no mvn");
    }

    private static Run run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }
}
