package org.rep4j.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.rep4j.convert.BackendExceptions.Entry;
import org.rep4j.convert.BackendResults.Tally;
import org.rep4j.convert.Verdict.Kind;

/** Writes docs/onnx-backend-tests.md. */
final class BackendPage {
    private static final Path FILE = Path.of("..", "docs", "onnx-backend-tests.md");

    private static final String TEXT = """
            # ONNX's backend tests

            ONNX comes with small models, their inputs and the outputs that these must give (Debian packages them as `libonnx-testdata`). Those
            below have no other ops than the converters promise and are about tensors only; the rest is [out of scope](#out-of-scope). This page
            is generated, and a test fails when it is not what the code does.

            - **ONNX → SameDiff**: `OnnxToSameDiff` converts the model, SameDiff runs it.
            - **round trip**: `OnnxToSameDiff`, then `SameDiffToOnnx`; ONNX Runtime runs what comes back.
            - **samediff-import-onnx**: Deeplearning4j's own importer, version 1.0.0-M2.1, then SameDiff; in JVMs that may die. It leaves out nodes
              that have no name, as in nearly all of these models, so here each node was given one. What it makes is not the same in each run:
              some ops leave memory unset, and some write past the end of it, so that a later test dies. Where the C library found such damage,
              the test counts as it ended in a JVM of its own.
            - **ONNX Runtime**: 1.23.2 on the test's own model, for comparison.

            Outputs agree if type and shape are the same, integers and booleans equal, and other numbers within 1e-7 + 1e-3 · |expected|: what ONNX's
            own test runner asks for. *Failed* is a wrong output, an exception or the death of the JVM; *unsupported* is an error that names
            what cannot be converted. Operator sets before 7 are not supported; the %d tests that are of such a one, most of them from PyTorch's
            exporter, were raised to 7 for all but samediff-import-onnx: attributes of broadcasting went, slopes of PRelu got axes.

            | | passed | failed | unsupported |
            |---|---|---|---|
            %s
            ## By op

            Numbers of tests: passed / failed / unsupported. A test of several ops counts for each of them.

            | op | ONNX → SameDiff | round trip | samediff-import-onnx |
            |---|---|---|---|
            %s
            ## What the converters do not pass

            | tests | which way | ended | why |
            |---|---|---|---|
            %s
            ## What samediff-import-onnx does not pass

            %s.

            | test | ended | reason |
            |---|---|---|
            %s
            ## Out of scope

            Tests with sequences, optional values or maps: %d. Tests with an op that is not promised, by op; a test may have several: %s.

            ## How to run them

                mvn test -pl samediff-rewrite -Dtest=OnnxBackendTest                           # fails where this page is not true
                mvn test -pl samediff-rewrite -Dtest=OnnxBackendTest -Dbackend.page=write      # writes this page
                mvn test -pl samediff-rewrite -Dtest=OnnxBackendTest -Dbackend.tests='node/test_conv*'               # some of them
                mvn test -pl samediff-rewrite -Dtest=OnnxBackendTest -Dbackend.tests='node/*' -Dbackend.child=true   # in a JVM that may die
                mvn test -pl samediff-rewrite -Dtest=SameDiffImportRun                         # samediff-import-onnx again; then write this page

            What is known not to pass is listed in `samediff-rewrite/src/test/resources/onnx-backend-exceptions.txt`, with the reason.
            """;

    private static final List<Candidate> CONVERTERS = List.of(Candidate.SAMEDIFF, Candidate.ROUND_TRIP);

    private final BackendResults results;
    private final BackendExceptions exceptions;

    BackendPage(BackendResults results, BackendExceptions exceptions) {
        this.results = results;
        this.exceptions = exceptions;
    }

    /** The page in the repository. */
    static String committed() throws IOException {
        return Files.readString(FILE);
    }

    /** Replaces the page in the repository. */
    void write() throws IOException {
        Files.writeString(FILE, text());
    }

    /** The page. */
    String text() {
        List<BackendCase> all = BackendCase.all();
        return String.format(
                Locale.ROOT,
                TEXT,
                results.tests().stream().filter(BackendCase::isOfOldOpset).count(),
                totals(),
                byOp(),
                explained(),
                importKinds(),
                imports(),
                all.stream().filter(test -> !test.isOfTensors()).count(),
                otherOps(all));
    }

    private String totals() {
        return Arrays.stream(Candidate.values())
                .map(candidate -> {
                    Tally tally = results.tally(candidate, test -> true);
                    return "| " + candidate.title() + " | " + tally.passed() + " | " + tally.failed() + " | "
                            + tally.unsupported() + " |\n";
                })
                .collect(Collectors.joining());
    }

    private String byOp() {
        return results.tests().stream()
                .flatMap(test -> test.ops().stream())
                .distinct()
                .sorted()
                .map(op -> {
                    Predicate<BackendCase> ofOp = test -> test.ops().contains(op);
                    return "| " + op + " | " + cell(Candidate.SAMEDIFF, ofOp) + " | "
                            + cell(Candidate.ROUND_TRIP, ofOp) + " | "
                            + cell(Candidate.SAMEDIFF_IMPORT_ONNX, ofOp) + " |\n";
                })
                .collect(Collectors.joining());
    }

    private String cell(Candidate candidate, Predicate<BackendCase> which) {
        Tally tally = results.tally(candidate, which);
        return tally.passed() + " / " + tally.failed() + " / " + tally.unsupported();
    }

    private String explained() {
        return exceptions.entries().stream().map(this::row).collect(Collectors.joining());
    }

    private String row(Entry entry) {
        String tests = results.tests().stream()
                .filter(test -> CONVERTERS.stream()
                        .anyMatch(c ->
                                exceptions.of(c, test).filter(entry::equals).isPresent()))
                .map(test -> "`" + test + "`")
                .collect(Collectors.joining(", "));
        String ways = entry.candidates().size() == CONVERTERS.size()
                ? "both"
                : entry.candidates().get(0).title();
        return "| " + tests + " | " + ways + " | " + (entry.unsupported() ? "unsupported" : "failed") + " | "
                + entry.explanation() + " |\n";
    }

    private String importKinds() {
        return Arrays.stream(Kind.values())
                .map(kind -> results.ended(Candidate.SAMEDIFF_IMPORT_ONNX, kind).size() + " " + kind.title())
                .collect(Collectors.joining(", "));
    }

    private String imports() {
        return results.tests().stream()
                .map(test -> Map.entry(test, results.verdict(Candidate.SAMEDIFF_IMPORT_ONNX, test)))
                .filter(row -> row.getValue().kind() != Kind.PASSED)
                .map(row ->
                        "| `" + row.getKey() + "` | " + row.getValue().kind().title() + " | "
                                + row.getValue().reason().replace("|", "\\|").replace("<", "&lt;") + " |\n")
                .collect(Collectors.joining());
    }

    private static String otherOps(List<BackendCase> all) {
        return all.stream()
                .filter(BackendCase::isOfTensors)
                .flatMap(test -> test.ops().stream())
                .filter(op -> !BackendScope.promises(op))
                .collect(Collectors.groupingBy(op -> op, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(count -> count.getKey() + " " + count.getValue())
                .collect(Collectors.joining(", "));
    }
}
