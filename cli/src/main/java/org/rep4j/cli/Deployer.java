package org.rep4j.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.rep4j.graph.Shape;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.rewrite.RepPass;
import org.rep4j.verify.EquivalenceCheck;

/** Deploys one model: reads it, folds it, writes the result aside, checks that, and moves it into place. */
final class Deployer {
    /** How many steps the progress is told, for each model. */
    static final int STEPS = 5;

    private final RepPass pass;
    private final EquivalenceCheck check;
    private final Map<String, Shape> inputShapes;
    private final boolean verify;
    private final Progress progress;

    /**
     * @param pass the rules
     * @param check with the user's tolerance
     * @param inputShapes that the user decided on
     * @param verify whether to verify
     * @param progress is told the steps
     */
    Deployer(RepPass pass, EquivalenceCheck check, Map<String, Shape> inputShapes, boolean verify, Progress progress) {
        this.pass = pass;
        this.check = check;
        this.inputShapes = Map.copyOf(inputShapes);
        this.verify = verify;
        this.progress = progress;
    }

    /** Whether a difference is one that no correct fold shows. */
    boolean hasDefaultTolerances() {
        return check.hasDefaultTolerances();
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
        Model.Deployed deployed = model.deploy(pass);
        Path folder =
                Optional.ofNullable(job.output().toAbsolutePath().getParent()).orElse(job.output());
        try (Workspace workspace = Workspace.in(folder)) {
            progress.step(job.input(), "writing");
            Path written = workspace.file(job.output().getFileName().toString());
            deployed.model().save(written);

            progress.step(job.input(), "profiling");
            EquivalenceCheck sized = check.withInputShapes(ChannelHints.inputShapes(deployed.before(), inputShapes));
            Observation observation = Observation.of(model, deployed.before(), sized, workspace.scratch("before"));

            progress.step(job.input(), "verifying");
            Verdict verdict = verify
                    ? new Verifier(job, model, pass, sized, workspace.scratch("verify"), progress)
                            .verify(deployed, written)
                    : null;

            Findings findings =
                    Findings.of(model, deployed, observation, model.fileSize(job.input()), workspace.size());
            Deployment deployment = new Deployment(job, findings, verdict, Duration.ofNanos(System.nanoTime() - start));
            if (deployment.succeeded()) {
                workspace.publish(job.output(), model.companions());
            }
            return deployment;
        }
    }
}
