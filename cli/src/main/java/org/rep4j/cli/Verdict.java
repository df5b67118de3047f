package org.rep4j.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rep4j.verify.Culprit;
import org.rep4j.verify.EquivalenceResult;
import org.rep4j.verify.OutputDifference;

/**
 * What the verification of a deploy form found.
 *
 * @param result the differences; null if the deploy form cannot be run
 * @param obstacle why the deploy form cannot be run; null if it can
 * @param culprit the rewrite that is to blame for a failure; empty if there is no failure, or no rewrite is to blame
 */
record Verdict(@Nullable EquivalenceResult result, @Nullable String obstacle, Optional<Culprit> culprit) {

    /** Whether the deploy form computes what the train form does. */
    boolean passed() {
        return result != null && result.passed();
    }

    /** The differences, if the deploy form can be run. */
    Optional<EquivalenceResult> differences() {
        return Optional.ofNullable(result);
    }

    /** What failed, in half a sentence that a rule's name may follow; only for one that has not passed. */
    String failure() {
        String difference = differences()
                .flatMap(EquivalenceResult::firstFailure)
                .map(OutputDifference::describe)
                .orElse("it cannot be run: " + obstacle);
        return difference
                + culprit.map(c -> ", after " + c)
                        .orElse("; not even an unchanged copy passes, so no rule is to blame");
    }
}
