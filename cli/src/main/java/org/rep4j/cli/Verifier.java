package org.rep4j.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.rep4j.graph.ConvGraph;
import org.rep4j.rewrite.RepPass;
import org.rep4j.verify.Culprit;
import org.rep4j.verify.EquivalenceCheck;
import org.rep4j.verify.EquivalenceResult;
import org.rep4j.verify.VerificationException;

/** Verifies a result, and where that fails looks for the rewrite that is to blame. */
final class Verifier {
    private final Job job;
    private final Model model;
    private final Model base;
    private final JobOptions options;
    private final EquivalenceCheck check;
    private final Path scratch;
    private final Progress progress;

    /**
     * @param model the original, read from the job's input
     * @param base what was folded, the original itself or an export of it
     * @param options how the result was made
     * @param check with input shapes
     * @param scratch a folder for temporary files
     * @param progress is told about each form that is checked in search of a culprit
     */
    Verifier(
            Job job,
            Model model,
            Model base,
            JobOptions options,
            EquivalenceCheck check,
            Path scratch,
            Progress progress) {
        this.job = job;
        this.model = model;
        this.base = base;
        this.options = options;
        this.check = check;
        this.scratch = scratch;
        this.progress = progress;
    }

    /**
     * Verifies a result.
     *
     * @param form what the pass made of the model
     * @param made the result, read from its file
     * @param modelRuns whether the original can be run
     * @throws VerificationException if the original cannot be run, so that nothing is known
     */
    Verdict verify(Model.Deployed form, Model made, boolean modelRuns) {
        try {
            EquivalenceResult result = compare(form.before(), made);
            return new Verdict(result, null, result.passed() ? Optional.empty() : culprit(form));
        } catch (VerificationException e) {
            if (!modelRuns) {
                throw new VerificationException(
                        job.input() + " cannot be verified: " + e.getMessage() + " (--no-verify writes it unverified)",
                        e);
            }
            return new Verdict(null, e.getMessage(), culprit(form));
        }
    }

    private Optional<Culprit> culprit(Model.Deployed form) {
        return options.pass().flatMap(pass -> {
            int rewrites = form.report().rewrites().size();
            progress.expect(Culprit.checks(rewrites));
            return Culprit.among(form.report().rewrites(), n -> isEquivalent(form.before(), pass.stoppingAfter(n)));
        });
    }

    private boolean isEquivalent(ConvGraph before, RepPass prefix) {
        progress.step(job.input(), "looking for the rule that is to blame:");
        try (Workspace workspace = Workspace.in(scratch)) {
            Path file = workspace.file(job.output().getFileName().toString());
            options.conversion()
                    .convert(base.deploy(prefix).model(), job.target(), workspace.scratch("convert"))
                    .save(file);
            return compare(before, Model.load(file)).passed();
        } catch (VerificationException e) {
            return false; // a form that cannot be run is no better than one that computes something else
        }
    }

    private EquivalenceResult compare(ConvGraph before, Model made) {
        Model candidate = made.asking(model.outputs());
        try (Workspace workspace = Workspace.in(scratch)) {
            return Comparison.run(model, before, candidate, candidate.lift(), check, workspace);
        }
    }
}
