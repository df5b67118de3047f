package org.rep4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;

/** Jobs one after the other: a bad model stops no other. */
final class JobRun {
    private JobRun() {}

    /**
     * Does all jobs, and tells the user of each when it ends.
     *
     * @param summary what is said about a result
     */
    static List<JobOutcome> of(
            List<Job> jobs, JobOptions options, Function<JobResult, String> summary, CommandLine commandLine) {
        List<JobOutcome> outcomes = new ArrayList<>();
        for (Job job : jobs) {
            JobOutcome outcome;
            try (Progress progress = Progress.onTerminal(Worker.STEPS)) {
                outcome = JobOutcome.of(job, new Worker(options, progress));
            }
            outcome.print(summary, commandLine.getOut(), commandLine.getErr());
            outcomes.add(outcome);
        }
        return outcomes;
    }

    /** The largest of the exit codes that the outcomes ask for. */
    static int exitCode(List<JobOutcome> outcomes) {
        return outcomes.stream().mapToInt(JobOutcome::exitCode).max().orElse(ExitCode.OK);
    }
}
