package org.rep4j.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.verify.EquivalenceCheck;

/** Deploys one model: reads it, folds it, writes the result aside, checks that, and moves it into place. */
final class Deployer {
    /** How many steps the progress is told, for each model. */
    static final int STEPS = 5;

    private final DeployOptions options;
    private final Progress progress;

    /**
     * @param options for all models
     * @param progress is told the steps
     */
    Deployer(DeployOptions options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    /** Whether a difference is one that no correct fold shows. */
    boolean hasDefaultTolerances() {
        return options.check().hasDefaultTolerances();
    }

    /**
     * Deploys a model.
     *
     * @return what became of it; the output is in place if it {@linkplain Deployment#succeeded() succeeded}
     * @throws UnreadableModelException or another exception of this project with a message for the user; then there is no
     *     output
     */
    Deployment deploy(DeployJob job) {
        long start = System.nanoTime();
        progress.step(job.input(), "reading");
        Model model = Model.load(job.input());
        progress.step(job.input(), "folding");
        Model.Deployed deployed = model.deploy(options.pass());
        Path folder =
                Optional.ofNullable(job.output().toAbsolutePath().getParent()).orElse(job.output());
        try (Workspace workspace = Workspace.in(folder)) {
            progress.step(job.input(), "writing");
            Path written = workspace.file(job.output().getFileName().toString());
            deployed.model().save(written);

            progress.step(job.input(), "profiling");
            EquivalenceCheck sized =
                    options.check().withInputShapes(ChannelHints.inputShapes(deployed.before(), options.inputShapes()));
            Observation observation = Observation.of(model, deployed.before(), sized, workspace.scratch("before"));

            progress.step(job.input(), "verifying");
            Verdict verdict = options.verify()
                    ? new Verifier(job, model, options.pass(), sized, workspace.scratch("verify"), progress)
                            .verify(deployed, written)
                    : null;

            Findings findings =
                    Findings.of(model, deployed, observation, model.fileSize(job.input()), workspace.size());
            Deployment deployment = new Deployment(job, findings, verdict, Duration.ofNanos(System.nanoTime() - start));
            if (options.page() != null) {
                Picture.write(options.page(), job.input(), deployed, findings, VerificationText.line(deployment));
            }
            if (deployment.succeeded()) {
                workspace.publish(job.output(), model.companions());
            }
            return deployment;
        }
    }
}
