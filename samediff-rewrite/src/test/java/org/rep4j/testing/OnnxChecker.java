package org.rep4j.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * ONNX's own checker, with shape inference. Needs Debian's python3-onnx; where it is missing the test that asks is skipped, under
 * CI it fails.
 */
public final class OnnxChecker {
    /** The newest opset that Debian's checker knows. */
    public static final int NEWEST_OPSET = 17;

    private static final String PYTHON = "/usr/bin/python3";
    private static final String CHECK = """
            import sys, onnx
            for path in sys.argv[1:]:
                try:
                    onnx.checker.check_model(path, full_check=True)
                except Exception as e:
                    sys.exit(f"{path}: {e}")
            """;

    private OnnxChecker() {}

    /** Fails if the checker has an objection to one of the files. */
    public static void assertValid(List<Path> files) {
        boolean available = run(List.of(PYTHON, "-c", "import onnx")).isEmpty();
        assumeTrue(available || "true".equals(System.getenv("CI")), "python3-onnx is needed");

        List<String> command = new ArrayList<>(List.of(PYTHON, "-c", CHECK));
        files.forEach(file -> command.add(file.toString()));
        assertThat(run(command)).isEmpty();
    }

    /** What the command printed, or that it failed without a word. */
    private static String run(List<String> command) {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return "there is no " + command.get(0);
        }
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            return code != 0 && output.isEmpty() ? "exit code " + code : output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the checker ran", e);
        }
    }
}
