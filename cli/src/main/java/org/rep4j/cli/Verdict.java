package org.rep4j.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rep4j.verify.Culprit;
import org.rep4j.verify.EquivalenceResult;
import org.rep4j.verify.OutputDifference;

/**
 * What the verification of a result found.
 *
 * @param result the differences; null if the result cannot be run
 * @param obstacle why the result cannot be run; null if it can
 * @param culprit the rewrite that is to blame for a failure; empty if there is no failure, or no rewrite is to blame
 */
record Verdict(@Nullable EquivalenceResult result, @Nullable String obstacle, Optional<Culprit> culprit) {

    /** Whether the result computes what the original does. */
    boolean passed() {
        return result != null && result.passed();
    }

    /** The differences, if the result can be run. */
    Optional<EquivalenceResult> differences() {
        return Optional.ofNullable(result);
    }

    /** What is different, in half a sentence; only for one that has not passed. */
    String difference() {
        return differences()
                .flatMap(EquivalenceResult::firstFailure)
                .map(OutputDifference::describe)
                .orElse("it cannot be run: " + obstacle);
    }
}
