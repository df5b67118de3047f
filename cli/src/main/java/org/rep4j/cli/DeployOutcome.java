package org.rep4j.cli;

import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a job ended.
 *
 * @param job the job
 * @param result what became of the model, null if it is bad
 * @param failure what the user is told if something went wrong, null if not
 * @param exitCode what this job asks for
 */
record DeployOutcome(
        DeployJob job,
        @Nullable Deployment result,
        @Nullable String failure,
        int exitCode) {

    /** Does the job; whatever goes wrong with it becomes part of the outcome and stops no other job. */
    static DeployOutcome of(DeployJob job, Deployer deployer) {
        try {
            Deployment deployment = deployer.deploy(job);
            return deployment
                    .verification()
                    .filter(verdict -> !verdict.passed())
                    .map(verdict -> new DeployOutcome(
                            job,
                            deployment,
                            job.input() + ": the deploy form is not equivalent: " + verdict.failure()
                                    + "; the input is unchanged, nothing was written"
                                    + (verdict.culprit().isPresent() && deployer.hasDefaultTolerances()
                                            ? ". Please report this"
                                            : ""),
                            ExitCode.NOT_EQUIVALENT))
                    .orElseGet(() -> new DeployOutcome(job, deployment, null, ExitCode.OK));
        } catch (RuntimeException | OutOfMemoryError e) {
            String message = Messages.of(e);
            String name = job.input().getFileName().toString();
            return new DeployOutcome(
                    job, null, message.contains(name) ? message : job.input() + ": " + message, ExitCode.of(e));
        }
    }

    /** What became of the model, if it could be read and run. */
    Optional<Deployment> deployment() {
        return Optional.ofNullable(result);
    }

    /** What went wrong, if anything did. */
    Optional<String> trouble() {
        return Optional.ofNullable(failure);
    }

    /** Tells the user. */
    void print(PrintWriter out, PrintWriter err) {
        if (result != null) {
            out.println(DeploymentText.of(result));
            out.flush();
        }
        if (failure != null) {
            Main.complain(err, failure);
        }
    }
}
