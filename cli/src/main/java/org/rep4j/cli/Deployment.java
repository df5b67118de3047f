package org.rep4j.cli;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of a model.
 *
 * @param findings what is told about it
 * @param checked what the verification found, null if there was none
 * @param time that it took
 */
record Deployment(
        DeployJob job, Findings findings, @Nullable Verdict checked, Duration time) {

    /** What the verification found, if there was one. */
    Optional<Verdict> verification() {
        return Optional.ofNullable(checked);
    }

    /** Whether the deploy form was written: it was not if it is not equivalent. */
    boolean succeeded() {
        return checked == null || checked.passed();
    }
}
