package org.rep4j.cli;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of a model.
 *
 * @param findings what is told about it
 * @param checked what the verification found, null if there was none
 * @param time that it took
 * @param untold names of the result's outputs, if its file does not tell them; else empty
 * @param needs what the result needs besides what runs its format, null for nothing
 */
record JobResult(
        Job job,
        Findings findings,
        @Nullable Verdict checked,
        Duration time,
        List<String> untold,
        @Nullable String needs) {

    /** Copies the list. */
    JobResult {
        untold = List.copyOf(untold);
    }

    /** What the verification found, if there was one. */
    Optional<Verdict> verification() {
        return Optional.ofNullable(checked);
    }

    /** Whether the result was written: it was not if it is not equivalent. */
    boolean succeeded() {
        return checked == null || checked.passed();
    }
}
