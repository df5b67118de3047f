package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rep4j.convert.Verdict.Kind;

/** The backend tests that are known not to pass, from {@code src/test/resources/onnx-backend-exceptions.txt}. */
final class BackendExceptions {
    private static final Path FILE = Path.of("src", "test", "resources", "onnx-backend-exceptions.txt");

    private final List<Entry> entries;

    private BackendExceptions(List<Entry> entries) {
        this.entries = entries;
    }

    /**
     * Tests that do not pass for one reason.
     *
     * @param candidates which ways they do not pass
     * @param unsupported whether the converter refuses them, or else they fail
     * @param tests patterns of their kinds and names
     * @param explanation why
     */
    record Entry(List<Candidate> candidates, boolean unsupported, List<String> tests, String explanation) {
        boolean isAbout(Candidate candidate, BackendCase test) {
            return candidates.contains(candidate) && tests.stream().anyMatch(pattern -> matches(pattern, test));
        }
    }

    /** Whether a test is named by a pattern such as {@code node/test_cast_*}. */
    static boolean matches(String pattern, BackendCase test) {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        return matcher.matches(Path.of(test.toString()));
    }

    /** Reads the file. */
    static BackendExceptions read() {
        List<Entry> entries = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(FILE)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    entries.add(entry(line));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new BackendExceptions(entries);
    }

    private static Entry entry(String line) {
        String[] cells = line.split(" *\\| *", 4);
        assertThat(cells).as("way | verdict | tests | explanation: %s", line).hasSize(4);
        List<Candidate> candidates = switch (cells[0].strip()) {
            case "both" -> List.of(Candidate.SAMEDIFF, Candidate.ROUND_TRIP);
            case "samediff" -> List.of(Candidate.SAMEDIFF);
            case "round trip" -> List.of(Candidate.ROUND_TRIP);
            default -> throw new IllegalArgumentException("both, samediff or round trip: " + line);
        };
        assertThat(cells[1]).as(line).isIn("failed", "unsupported");
        assertThat(cells[3]).as("explanation of %s", line).isNotBlank();
        return new Entry(
                candidates, cells[1].equals("unsupported"), Arrays.asList(cells[2].split(" +")), cells[3].strip());
    }

    /** In the file's order. */
    List<Entry> entries() {
        return entries;
    }

    /** The entry of a test that is known not to pass. */
    Optional<Entry> of(Candidate candidate, BackendCase test) {
        return entries.stream().filter(entry -> entry.isAbout(candidate, test)).findFirst();
    }

    /** Whether a test ended as the file says, or passed if the file is silent. */
    boolean expects(Candidate candidate, BackendCase test, Verdict verdict) {
        boolean passed = verdict.kind() == Kind.PASSED;
        boolean unsupported = verdict.kind() == Kind.UNSUPPORTED;
        return of(candidate, test)
                .map(entry -> !passed && entry.unsupported() == unsupported)
                .orElse(passed);
    }
}
