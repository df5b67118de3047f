package org.rep4j.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rep4j.rewrite.RewriteReport;
import org.rep4j.rewrite.RewriteReport.Decline;
import org.rep4j.verify.EquivalenceResult;

/**
 * What became of a model.
 *
 * @param before figures of the train form
 * @param after figures of the deploy form
 * @param report what was folded
 * @param leftovers what was not, and why
 * @param observation the run that showed the shapes
 * @param checked what the verification found, null if there was none
 * @param time that it took
 */
record Deployment(
        DeployJob job,
        Figures before,
        Figures after,
        RewriteReport report,
        List<Decline> leftovers,
        Observation observation,
        @Nullable EquivalenceResult checked,
        Duration time) {

    /**
     * A model in numbers.
     *
     * @param operators number of ops by type
     * @param parameters learned numbers
     * @param multiplyAdds for the inputs of the observation, null if unknown
     * @param fileSize in bytes
     */
    record Figures(
            Map<String, Long> operators,
            long parameters,
            @Nullable Long multiplyAdds,
            long fileSize) {}

    /** What the verification found, if there was one. */
    Optional<EquivalenceResult> verification() {
        return Optional.ofNullable(checked);
    }

    /** Whether the deploy form was written: it was not if it is not equivalent. */
    boolean succeeded() {
        return checked == null || checked.passed();
    }
}
