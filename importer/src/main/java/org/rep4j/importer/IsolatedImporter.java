package org.rep4j.importer;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Imports ONNX models with samediff-import-onnx in a Java virtual machine of its own, so that a native crash, an endless loop or
 * an exception there is an {@link ImportFailedException} here. Whether the graph computes what the model does is for the caller
 * to check: this importer is known for wrong numbers. Immutable.
 *
 * <pre>{@code
 * IsolatedImporter.of(classPath).importModel(Path.of("model.onnx"), Path.of("model.fb"));
 * SameDiff graph = SameDiff.load(new File("model.fb"), false);
 * }</pre>
 */
public final class IsolatedImporter {
    /** Generous: the importer looks through its whole class path first, which takes up to a minute. */
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final String classPath;
    private final Duration timeout;

    private IsolatedImporter(String classPath, Duration timeout) {
        this.classPath = classPath;
        this.timeout = timeout;
    }

    /**
     * An importer that gives up after five minutes.
     *
     * @param classPath of the new virtual machine: this module, samediff-import-onnx, and nd4j-native with a native library
     */
    public static IsolatedImporter of(String classPath) {
        return new IsolatedImporter(classPath, TIMEOUT);
    }

    /**
     * An importer with the class path that the build of this module has written.
     *
     * @param target the folder {@code importer/target}
     * @throws IOException if the module has not been built there
     */
    public static IsolatedImporter builtIn(Path target) throws IOException {
        return of(target.resolve("classes")
                + File.pathSeparator
                + Files.readString(target.resolve("importer.classpath")).strip());
    }

    /** The same importer, which gives up after {@code limit}. */
    public IsolatedImporter withTimeout(Duration limit) {
        return new IsolatedImporter(classPath, limit);
    }

    /**
     * Imports a model. Placeholders and outputs of the graph have the names of the model's inputs and outputs; dimensions that
     * the model leaves open are −1.
     *
     * @param onnx the model, in one file
     * @param fb where the SameDiff graph goes, in a folder that exists; written only if all went well, and then at once
     * @throws ImportFailedException if there is no graph, for whatever reason; nothing is left running then
     */
    public void importModel(Path onnx, Path fb) {
        try {
            Path work = Files.createTempDirectory(folderOf(fb), ".import-");
            try {
                Path graph = work.resolve("graph.fb");
                importAside(onnx, graph, work);
                Files.move(graph, fb, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                remove(work);
            }
        } catch (IOException e) {
            throw new ImportFailedException(onnx, "needs a process and a folder of its own: " + e, e);
        }
    }

    private static Path folderOf(Path file) {
        return Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    }

    private void importAside(Path onnx, Path graph, Path work) throws IOException {
        Path answers = work.resolve("answers");
        Path crashReport = work.resolve("crash.log");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + Runtime.getRuntime().maxMemory(),
                        "-XX:+UseSerialGC",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + crashReport,
                        "-cp",
                        classPath,
                        ImportMain.class.getName(),
                        onnx.toAbsolutePath().toString(),
                        graph.toString())
                .redirectOutput(answers.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        awaitEnd(child, onnx);
        String answer = new String(
                        Files.readAllBytes(answers), StandardCharsets.UTF_8) // libnd4j prints what it likes, too
                .lines()
                .filter(line -> line.startsWith(ImportMain.ANSWER))
                .map(line -> line.substring(ImportMain.ANSWER.length()))
                .findFirst()
                .orElseGet(() -> Obituary.of(child.exitValue(), crashReport));
        if (!answer.equals(ImportMain.DONE)) {
            throw new ImportFailedException(onnx, answer);
        }
    }

    private void awaitEnd(Process child, Path onnx) {
        try {
            if (!child.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ImportFailedException(onnx, "did not end within " + timeout.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImportFailedException(onnx, "was interrupted", e);
        } finally {
            child.destroyForcibly().onExit().join();
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
