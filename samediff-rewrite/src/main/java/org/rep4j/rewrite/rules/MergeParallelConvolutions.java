package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;

/**
 * Adds up the kernels of parallel convolutions of one input and geometry, over whole trees of sums.
 *
 * <pre>
 * before   x → Conv(W₁, b₁) → Sum → y         after   x → Conv(W₁ + W₂, b₁ + b₂) → y
 *          x → Conv(W₂, b₂) ↗
 * </pre>
 *
 * <p>Operands that do not fit stay operands of what is left of the sum. Needs: same input, geometry, groups, layout and
 * number format; nobody else reads the convolutions' outputs.
 */
public final class MergeParallelConvolutions extends BranchRule {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public MergeParallelConvolutions() {
        super(Phase.MERGE);
    }

    @Override
    public String description() {
        return "Convolutions of the same input whose outputs are added become one";
    }

    @Override
    Outcome apply(Branches branches) {
        List<List<Convolution>> merges = branches.bundles().stream()
                .flatMap(bundle -> bundle.byGeometry().stream())
                .filter(parallel -> parallel.size() > 1)
                .toList();
        return merges.isEmpty() ? declined(WhyNotMerged.explain(branches)) : rewritten(replacement(branches, merges));
    }

    private static Replacement replacement(Branches branches, List<List<Convolution>> merges) {
        Set<Value> gone = new HashSet<>();
        List<Node> removed = new ArrayList<>(branches.tree().sums());
        for (List<Convolution> parallel : merges) {
            removed.addAll(parallel);
            // The merged convolution keeps the place of the first one.
            parallel.stream().skip(1).forEach(c -> gone.add(c.output()));
        }
        List<Value> operands =
                branches.tree().leaves().stream().filter(v -> !gone.contains(v)).toList();
        Value output = branches.tree().top().output();
        List<Node> added = new ArrayList<>();
        for (List<Convolution> parallel : merges) {
            KernelSource kernel =
                    FoldedKernel.add(parallel.stream().map(Convolution::kernel).toList());
            Convolution first = parallel.get(0);
            added.add(first.with(kernel, operands.size() == 1 ? output : first.output()));
        }
        if (operands.size() > 1) {
            added.add(BranchRewrites.sum(branches.tree(), operands));
        }
        return new Replacement(removed, added);
    }
}
