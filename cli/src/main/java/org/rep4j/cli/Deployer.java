package org.rep4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Shape;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.profile.Profile;
import org.rep4j.rewrite.RepPass;
import org.rep4j.verify.EquivalenceCheck;
import org.rep4j.verify.EquivalenceResult;
import org.rep4j.verify.VerificationException;

/** Deploys one model: reads it, folds it, writes the result aside, checks that, and moves it into place. */
final class Deployer {
    /** How many steps the progress is told, for each model. */
    static final int STEPS = 5;

    private final EquivalenceCheck check;
    private final Map<String, Shape> inputShapes;
    private final boolean verify;
    private final Progress progress;

    /**
     * @param check with the user's tolerance
     * @param inputShapes that the user decided on
     * @param verify whether to verify
     * @param progress is told the steps
     */
    Deployer(EquivalenceCheck check, Map<String, Shape> inputShapes, boolean verify, Progress progress) {
        this.check = check;
        this.inputShapes = Map.copyOf(inputShapes);
        this.verify = verify;
        this.progress = progress;
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
        Model.Deployed deployed = model.deploy(RepPass.standard());
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
            EquivalenceResult result = verify ? verify(job, model, deployed, written, sized, workspace) : null;

            Deployment deployment = new Deployment(
                    job,
                    figures(model, deployed.before(), observation, fileSize(job.input(), model.companions())),
                    figures(deployed.model(), deployed.after(), observation, workspace.size()),
                    deployed.report(),
                    Leftovers.of(deployed.report(), deployed.after()),
                    observation,
                    result,
                    Duration.ofNanos(System.nanoTime() - start));
            if (deployment.succeeded()) {
                workspace.publish(job.output(), model.companions());
            }
            return deployment;
        } catch (IOException e) {
            throw new UnreadableModelException(job.input() + " cannot be read", e);
        }
    }

    private static EquivalenceResult verify(
            DeployJob job,
            Model model,
            Model.Deployed deployed,
            Path written,
            EquivalenceCheck check,
            Workspace workspace) {
        try {
            return Comparison.run(model, deployed.before(), Model.load(written), deployed.after(), check, workspace);
        } catch (VerificationException e) {
            throw new VerificationException(
                    job.input() + " cannot be verified: " + e.getMessage() + " (--no-verify writes it unverified)", e);
        }
    }

    private static long fileSize(Path file, Set<Path> companions) throws IOException {
        long size = Files.size(file);
        for (Path companion : companions) {
            size += Files.size(companion);
        }
        return size;
    }

    private static Deployment.Figures figures(Model model, ConvGraph graph, Observation observation, long fileSize) {
        Profile profile = Profile.of(graph, observation.values());
        return new Deployment.Figures(
                model.operators(), profile.total().parameters(), profile.total().multiplyAdds(), fileSize);
    }
}
