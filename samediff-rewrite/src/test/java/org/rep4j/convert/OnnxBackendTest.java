package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.rep4j.convert.BackendExceptions.Entry;

/**
 * ONNX's backend tests, from Debian's libonnx-testdata: the converters pass each of them, or say why not in
 * {@code onnx-backend-exceptions.txt}, and docs/onnx-backend-tests.md tells it.
 *
 * <p>{@code -Dbackend.tests=node/test_conv*} runs some of them, {@code -Dbackend.child=true} runs each in a JVM that may die of it, and
 * {@code -Dbackend.page=write} writes the page instead of checking it.
 */
class OnnxBackendTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path FOLDER = Path.of("target", "onnx-backend");

    private final BackendExceptions exceptions = BackendExceptions.read();
    private final List<String> unexpected = new ArrayList<>();

    @TestFactory
    Stream<DynamicNode> theConvertersPassOrSayWhyNot() {
        boolean available = Files.isDirectory(BackendCase.DATA);
        assumeTrue(available || "true".equals(System.getenv("CI")), "libonnx-testdata is needed");

        List<BackendCase> scope =
                BackendCase.all().stream().filter(BackendCase::isInScope).toList();
        String pattern = System.getProperty("backend.tests");
        if (pattern != null) {
            return scope.stream()
                    .filter(test -> BackendExceptions.matches(pattern, test))
                    .map(test -> node(test, new BackendResults(List.of(test))));
        }
        BackendResults results = new BackendResults(scope);
        List<DynamicNode> nodes = new ArrayList<>();
        scope.forEach(test -> nodes.add(node(test, results)));
        nodes.add(dynamicTest("the list of exceptions is complete", this::theListIsComplete));
        nodes.add(dynamicTest("every explanation is of use", () -> everyExplanationIsOfUse(scope)));
        nodes.add(dynamicTest("the page tells it", () -> thePageTellsIt(results)));
        return nodes.stream();
    }

    private DynamicNode node(BackendCase test, BackendResults results) {
        return dynamicContainer(
                test.toString(),
                Stream.of(Candidate.SAMEDIFF, Candidate.ROUND_TRIP)
                        .map(candidate -> dynamicTest(candidate.title(), () -> {
                            Verdict verdict = judge(candidate, test);
                            results.put(candidate, test, verdict);
                            if (!exceptions.expects(candidate, test, verdict)) {
                                unexpected.add(test + " " + candidate.title() + " " + verdict);
                                fail(verdict
                                        + exceptions
                                                .of(candidate, test)
                                                .map(e -> ", but: " + e.explanation())
                                                .orElse(""));
                            }
                        })));
    }

    private static Verdict judge(Candidate candidate, BackendCase test) throws IOException {
        if (!Boolean.getBoolean("backend.child")) {
            return candidate.judge(test);
        }
        try (ChildJvm child = ChildJvm.start(Files.createDirectories(FOLDER), PATIENCE)) {
            return child.judge(candidate, test, PATIENCE);
        }
    }

    /** Leaves a list of all that did not end as expected. */
    private void theListIsComplete() throws IOException {
        Files.write(Files.createDirectories(FOLDER).resolve("unexpected.txt"), unexpected);
        assertThat(unexpected).isEmpty();
    }

    private void everyExplanationIsOfUse(List<BackendCase> scope) {
        for (Entry entry : exceptions.entries()) {
            for (Candidate candidate : entry.candidates()) {
                for (String pattern : entry.tests()) {
                    assertThat(scope)
                            .as("tests that %s explains: %s", pattern, entry.explanation())
                            .anyMatch(test -> BackendExceptions.matches(pattern, test)
                                    && exceptions
                                            .of(candidate, test)
                                            .filter(entry::equals)
                                            .isPresent());
                }
            }
        }
    }

    private void thePageTellsIt(BackendResults results) throws IOException {
        for (BackendCase test : results.tests()) {
            results.put(Candidate.ONNX_RUNTIME, test, Candidate.ONNX_RUNTIME.judge(test));
        }
        ImporterVerdicts.committed()
                .forEach((test, verdict) -> results.put(Candidate.SAMEDIFF_IMPORT_ONNX, test, verdict));
        BackendPage page = new BackendPage(results, exceptions);
        if ("write".equals(System.getProperty("backend.page"))) {
            page.write();
        } else {
            assertThat(BackendPage.committed()).isEqualTo(page.text());
        }
    }
}
