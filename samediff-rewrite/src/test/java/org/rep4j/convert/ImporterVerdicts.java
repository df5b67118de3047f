package org.rep4j.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Files of lines that tell how tests ended with samediff-import-onnx. */
final class ImporterVerdicts {
    private static final Path COMMITTED = Path.of("src", "test", "resources", "onnx-backend-samediff-import-onnx.txt");

    private ImporterVerdicts() {}

    /** What the last whole run gave. */
    static Map<BackendCase, Verdict> committed() throws IOException {
        return read(COMMITTED);
    }

    /** Keeps what a whole run gave. */
    static void commit(Map<BackendCase, Verdict> verdicts) throws IOException {
        Map<String, Verdict> sorted = new TreeMap<>();
        verdicts.forEach((test, verdict) -> sorted.put(test.toString(), verdict));
        Files.writeString(
                COMMITTED,
                sorted.entrySet().stream()
                        .map(line -> line.getKey() + " " + line.getValue() + "\n")
                        .collect(Collectors.joining()));
    }

    /** The lines of a file, none if there is no such file. */
    static Map<BackendCase, Verdict> read(Path file) throws IOException {
        Map<BackendCase, Verdict> verdicts = new LinkedHashMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split(" ", 2);
                verdicts.put(BackendCase.named(parts[0]), Verdict.parse(parts[1]));
            }
        }
        return verdicts;
    }

    /** Adds a line to a file. */
    static void append(Path file, BackendCase test, Verdict verdict) throws IOException {
        Files.writeString(file, test + " " + verdict + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
