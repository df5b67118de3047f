package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rep4j.convert.Verdict.Kind;

/**
 * Runs the backend tests through samediff-import-onnx, in child JVMs because it kills some, and keeps how they ended for
 * docs/onnx-backend-tests.md. That changes only when the library does, so its name keeps this class out of the build: {@code mvn test -pl
 * samediff-rewrite -Dtest=SameDiffImportRun}. If it is stopped, the next run goes on where it was; remove
 * {@code target/onnx-backend} to start again.
 */
class SameDiffImportRun {
    private static final Path FOLDER = Path.of("target", "onnx-backend");
    private static final Path SO_FAR = FOLDER.resolve("samediff-import-onnx.txt");
    private static final Duration START = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Test
    void runsAllTests() throws IOException {
        Files.createDirectories(FOLDER);
        List<BackendCase> tests =
                BackendCase.all().stream().filter(BackendCase::isOfTensors).toList();
        Map<BackendCase, Verdict> verdicts = ImporterVerdicts.read(SO_FAR);
        Deque<BackendCase> left = new ArrayDeque<>(tests);
        left.removeIf(verdicts::containsKey);
        while (!left.isEmpty()) {
            try (ChildJvm child = ChildJvm.start(FOLDER, START)) {
                Duration patience = START; // the first import looks through the whole class path
                boolean alive = true;
                while (alive && !left.isEmpty()) {
                    BackendCase test = left.remove();
                    Verdict verdict = child.judge(Candidate.SAMEDIFF_IMPORT_ONNX, test, patience);
                    patience = PATIENCE;
                    alive = verdict.kind().isAlive();
                    if (verdict.kind() == Kind.CRASH && verdict.reason().startsWith(ChildJvm.ABORTED)) {
                        verdict = alone(test);
                    }
                    verdicts.put(test, verdict);
                    ImporterVerdicts.append(SO_FAR, test, verdict);
                    System.out.printf("%d of %d: %s %s%n", verdicts.size(), tests.size(), test, verdict);
                }
            }
        }
        assertThat(verdicts).containsOnlyKeys(tests);
        ImporterVerdicts.commit(verdicts);
    }

    /** In a JVM of its own: what the C library aborts for is memory that any test before may have spoilt. */
    private static Verdict alone(BackendCase test) throws IOException {
        try (ChildJvm child = ChildJvm.start(FOLDER, START)) {
            return child.judge(Candidate.SAMEDIFF_IMPORT_ONNX, test, START);
        }
    }
}
