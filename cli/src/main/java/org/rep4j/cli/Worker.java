package org.rep4j.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.verify.EquivalenceCheck;

/**
 * Makes one model of another: reads it, folds and converts it as far as that is asked for, writes the result aside, reads that back,
 * checks it, and moves it into place.
 */
final class Worker {
    /** How many steps the progress is told for each model, those of folding and converting not counted. */
    static final int STEPS = 4;

    private final JobOptions options;
    private final Progress progress;

    /**
     * @param options for all models
     * @param progress is told the steps
     */
    Worker(JobOptions options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    /** What the user decided on. */
    JobOptions options() {
        return options;
    }

    /**
     * Does a job.
     *
     * @return what became of the model; the output is in place if it {@linkplain JobResult#succeeded() succeeded}
     * @throws UnreadableModelException or another exception of this project with a message for the user; then there is no
     *     output
     */
    JobResult work(Job job) {
        long start = System.nanoTime();
        progress.step(job.input(), "reading");
        Model model = Model.load(job.input()).asking(options.outputNames());
        Model base = model.folded(job.target());
        Model.Deployed form = fold(job, base);
        Path folder =
                Optional.ofNullable(job.output().toAbsolutePath().getParent()).orElse(job.output());
        try (Workspace workspace = Workspace.in(folder)) {
            Model made = convert(job, form.model(), workspace);
            progress.step(job.input(), "writing");
            Path written = workspace.file(job.output().getFileName().toString());
            made.save(written);
            Model readBack = Model.load(written);

            progress.step(job.input(), "profiling");
            EquivalenceCheck sized = options.check()
                    .withInputShapes(ChannelHints.inputShapes(model, form.before(), options.inputShapes()));
            Observation observation = Observation.of(base, form.before(), sized, workspace.scratch("before"));

            progress.step(job.input(), "verifying");
            Verdict verdict = options.verify()
                    ? new Verifier(job, model, base, options, sized, workspace.scratch("verify"), progress)
                            .verify(form, readBack, observation.explanation().isEmpty())
                    : null;

            Findings findings =
                    Findings.of(model, form, made, observation, model.fileSize(job.input()), workspace.size());
            JobResult result = new JobResult(
                    job,
                    findings,
                    verdict,
                    Duration.ofNanos(System.nanoTime() - start),
                    untold(made, readBack),
                    made.needs().orElse(null));
            if (options.page() != null) {
                Picture.write(options.page(), job.input(), form, findings, VerificationText.line(result));
            }
            if (result.succeeded()) {
                workspace.publish(job.output(), model.companions());
            }
            return result;
        }
    }

    private Model.Deployed fold(Job job, Model model) {
        if (options.pass().isEmpty()) {
            return model.unchanged();
        }
        progress.expect(1);
        progress.step(job.input(), "folding");
        return model.deploy(options.pass().get());
    }

    private Model convert(Job job, Model model, Workspace workspace) {
        if (!job.converts()) {
            return model;
        }
        progress.expect(1);
        progress.step(job.input(), "converting");
        return options.conversion().convert(model, job.target(), workspace.scratch("convert"));
    }

    /** The outputs, unless whoever reads the file finds just these. */
    private static List<String> untold(Model made, Model readBack) {
        return new HashSet<>(made.outputs()).equals(new HashSet<>(readBack.outputs())) ? List.of() : made.outputs();
    }
}
