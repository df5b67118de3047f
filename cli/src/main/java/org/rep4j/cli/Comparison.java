package org.rep4j.cli;

import java.util.Collection;
import org.rep4j.graph.ConvGraph;
import org.rep4j.verify.EquivalenceCheck;
import org.rep4j.verify.EquivalenceResult;
import org.rep4j.verify.ModelRunner;

/** Runs the equivalence check on two model files. */
final class Comparison {
    private Comparison() {}

    /**
     * Compares two models that were read from files.
     *
     * @param reference of which {@code referenceGraph} is the lifted form
     * @param candidate of which {@code candidateGraph} is the lifted form
     * @param workspace for temporary files; used once
     */
    static EquivalenceResult run(
            Model reference,
            ConvGraph referenceGraph,
            Model candidate,
            ConvGraph candidateGraph,
            EquivalenceCheck check,
            Workspace workspace) {
        FinalActivations activations = FinalActivations.of(
                reference.withActivations(referenceGraph), candidate.withActivations(candidateGraph));
        try (ModelRunner a = open(reference, activations.logits().keySet(), workspace, "reference");
                ModelRunner b = RenamedOutputs.of(
                        open(candidate, activations.logits().values(), workspace, "candidate"),
                        candidate.outputs(),
                        activations.logits())) {
            return check.onUnitScale(activations.outputs()).run(a, b);
        }
    }

    private static ModelRunner open(Model model, Collection<String> more, Workspace workspace, String name) {
        return more.isEmpty() ? model.open() : model.openWith(more, workspace.scratch(name));
    }
}
