package org.rep4j.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rep4j.convert.UnsupportedOpsException;
import org.rep4j.convert.UnsupportedOpsException.UnsupportedOp;

/**
 * How a job ended.
 *
 * @param job the job
 * @param done what became of the model, null if it is bad
 * @param failure what the user is told if something went wrong, null if not
 * @param exitCode what this job asks for
 * @param unsupported ops in the way of a conversion
 */
record JobOutcome(
        Job job, @Nullable JobResult done, @Nullable String failure, int exitCode, List<UnsupportedOp> unsupported) {

    /** Copies the list. */
    JobOutcome {
        unsupported = List.copyOf(unsupported);
    }

    /** Does the job; whatever goes wrong with it becomes part of the outcome and stops no other job. */
    static JobOutcome of(Job job, Worker worker) {
        try {
            JobResult result = worker.work(job);
            return result.verification()
                    .filter(verdict -> !verdict.passed())
                    .map(verdict -> new JobOutcome(
                            job,
                            result,
                            FailureText.of(job, verdict, worker.options()),
                            ExitCode.NOT_EQUIVALENT,
                            List.of()))
                    .orElseGet(() -> new JobOutcome(job, result, null, ExitCode.OK, List.of()));
        } catch (RuntimeException | OutOfMemoryError e) {
            String message = Messages.of(e);
            String name = job.input().getFileName().toString();
            return new JobOutcome(
                    job,
                    null,
                    message.contains(name) ? message : job.input() + ": " + message,
                    ExitCode.of(e),
                    e instanceof UnsupportedOpsException unsupported ? unsupported.ops() : List.of());
        }
    }

    /** What became of the model, if it could be read and run. */
    Optional<JobResult> result() {
        return Optional.ofNullable(done);
    }

    /** What went wrong, if anything did. */
    Optional<String> trouble() {
        return Optional.ofNullable(failure);
    }

    /**
     * Tells the user.
     *
     * @param summary what is said about a result
     */
    void print(Function<JobResult, String> summary, PrintWriter out, PrintWriter err) {
        if (done != null) {
            out.println(summary.apply(done));
        }
        if (!unsupported.isEmpty()) {
            TextTable table = TextTable.ofText("Op", "Type", "Cannot be converted because");
            unsupported.forEach(op ->
                    table.row(op.node(), op.type(), op.reason().isEmpty() ? "no op of this type can" : op.reason()));
            out.println(job.input() + "\n\n" + table);
        }
        out.flush();
        if (failure != null) {
            Main.complain(err, failure);
        }
    }
}
