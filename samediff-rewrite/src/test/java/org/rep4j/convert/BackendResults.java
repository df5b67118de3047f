package org.rep4j.convert;

import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.rep4j.convert.Verdict.Kind;

/** How the tests ended. */
final class BackendResults {
    private final List<BackendCase> tests;
    private final Map<Candidate, Map<BackendCase, Verdict>> verdicts = new EnumMap<>(Candidate.class);

    /** Numbers of tests that passed, failed and are unsupported. */
    record Tally(long passed, long failed, long unsupported) {
        private static Tally of(Collection<Verdict> verdicts) {
            long passed = verdicts.stream().filter(v -> v.kind() == Kind.PASSED).count();
            long unsupported =
                    verdicts.stream().filter(v -> v.kind() == Kind.UNSUPPORTED).count();
            return new Tally(passed, verdicts.size() - passed - unsupported, unsupported);
        }
    }

    /** Results of these tests, as yet without verdicts. */
    BackendResults(List<BackendCase> tests) {
        this.tests = List.copyOf(tests);
    }

    List<BackendCase> tests() {
        return tests;
    }

    /** Notes how a test ended. */
    void put(Candidate candidate, BackendCase test, Verdict verdict) {
        verdicts.computeIfAbsent(candidate, c -> new LinkedHashMap<>()).put(test, verdict);
    }

    /** How a test ended. */
    Verdict verdict(Candidate candidate, BackendCase test) {
        return Objects.requireNonNull(
                verdicts.getOrDefault(candidate, Map.of()).get(test), () -> test + " was not run by " + candidate);
    }

    /** The numbers of some of the tests. */
    Tally tally(Candidate candidate, Predicate<BackendCase> which) {
        return Tally.of(tests.stream()
                .filter(which)
                .map(test -> verdict(candidate, test))
                .toList());
    }

    /** The tests that ended so. */
    List<BackendCase> ended(Candidate candidate, Kind kind) {
        return tests.stream()
                .filter(test -> verdict(candidate, test).kind() == kind)
                .toList();
    }
}
