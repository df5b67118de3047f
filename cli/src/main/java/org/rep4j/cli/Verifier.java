package org.rep4j.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.rep4j.rewrite.RepPass;
import org.rep4j.verify.Culprit;
import org.rep4j.verify.EquivalenceCheck;
import org.rep4j.verify.EquivalenceResult;
import org.rep4j.verify.VerificationException;

/** Verifies a deploy form, and where it fails looks for the rewrite that is to blame. */
final class Verifier {
    private final DeployJob job;
    private final Model model;
    private final RepPass pass;
    private final EquivalenceCheck check;
    private final Path scratch;
    private final Progress progress;

    /**
     * @param model the train form, read from the job's input
     * @param pass that makes the deploy form
     * @param check with input shapes
     * @param scratch a folder for temporary files
     * @param progress is told about each form that is checked in search of a culprit
     */
    Verifier(DeployJob job, Model model, RepPass pass, EquivalenceCheck check, Path scratch, Progress progress) {
        this.job = job;
        this.model = model;
        this.pass = pass;
        this.check = check;
        this.scratch = scratch;
        this.progress = progress;
    }

    /**
     * Verifies the deploy form.
     *
     * @param written its file
     * @throws VerificationException if the train form cannot be run, so that nothing is known
     */
    Verdict verify(Model.Deployed deployed, Path written) {
        try {
            EquivalenceResult result = compare(deployed, written);
            return new Verdict(result, null, result.passed() ? Optional.empty() : culprit(deployed));
        } catch (VerificationException e) {
            Optional<Culprit> culprit = culprit(deployed);
            if (culprit.isEmpty()) {
                throw new VerificationException(
                        job.input() + " cannot be verified: " + e.getMessage() + " (--no-verify writes it unverified)",
                        e);
            }
            return new Verdict(null, e.getMessage(), culprit);
        }
    }

    private Optional<Culprit> culprit(Model.Deployed deployed) {
        int rewrites = deployed.report().rewrites().size();
        progress.expect(Culprit.checks(rewrites));
        return Culprit.among(deployed.report().rewrites(), this::isEquivalentAfter);
    }

    private boolean isEquivalentAfter(int rewrites) {
        progress.step(job.input(), "looking for the rule that is to blame:");
        Model.Deployed prefix = model.deploy(pass.stoppingAfter(rewrites));
        try (Workspace workspace = Workspace.in(scratch)) {
            Path file = workspace.file(job.output().getFileName().toString());
            prefix.model().save(file);
            return compare(prefix, file).passed();
        } catch (VerificationException e) {
            return false; // a form that cannot be run is no better than one that computes something else
        }
    }

    private EquivalenceResult compare(Model.Deployed deployed, Path written) {
        try (Workspace workspace = Workspace.in(scratch)) {
            return Comparison.run(model, deployed.before(), Model.load(written), deployed.after(), check, workspace);
        }
    }
}
