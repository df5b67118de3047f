package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rep4j.rewrite.RepPass;
import org.rep4j.testing.Fixture;

/**
 * What the pass writes passes ONNX's own checker, with shape inference. Needs Debian's python3-onnx; where it is missing the
 * test is skipped, under CI it fails.
 */
class OnnxCheckerTest {
    private static final String PYTHON = "/usr/bin/python3";
    private static final String CHECK = """
            import sys, onnx
            for path in sys.argv[1:]:
                try:
                    onnx.checker.check_model(path, full_check=True)
                except Exception as e:
                    sys.exit(f"{path}: {e}")
            """;

    @TempDir
    private Path folder;

    @Test
    void deployedFixturesPassTheChecker() throws IOException, InterruptedException {
        boolean available = run(List.of(PYTHON, "-c", "import onnx")).isEmpty();
        assumeTrue(available || "true".equals(System.getenv("CI")), "python3-onnx is needed");

        List<String> command = new ArrayList<>(List.of(PYTHON, "-c", CHECK));
        for (Fixture fixture : Fixture.all()) {
            Path deployed = folder.resolve(fixture.name() + ".onnx");
            RepPass.standard().apply(OnnxModel.load(fixture.model())).graph().save(deployed);
            command.add(deployed.toString());
        }
        assertThat(run(command)).isEmpty();
    }

    /** What the command printed, or that it failed without a word. */
    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return "there is no " + command.get(0);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        return code != 0 && output.isEmpty() ? "exit code " + code : output;
    }
}
