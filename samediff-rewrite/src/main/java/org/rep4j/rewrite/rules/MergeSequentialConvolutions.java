package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Linear;
import org.rep4j.graph.SingleInputNode;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;
import org.rep4j.rewrite.rules.CostGuard.Cost;

/**
 * Composes two convolutions (or linear layers) in a row, with nothing but paddings and affine ops between them.
 *
 * <pre>
 * before   x → Conv 1×1(W₁, b₁) → Conv 3×3(W₂, b₂) → y
 * after    x → Conv 3×3(W₂ · W₁, b₂ + ΣW₂ · b₁) → y
 * </pre>
 *
 * <p>1×1 → k×k, k×k → 1×1, k₁×k₁ → k₂×k₂ unpadded, grouped and strided ones (Diverse Branch Block, Ding et al. 2021, transform
 * III). Needs: nobody else reads what is between them; where the second one pads, the first one has a single tap on that axis
 * and turns zeros into what is padded with ({@link Composition}); neither multiply-adds nor weights rise.
 */
public final class MergeSequentialConvolutions implements Rule {
    private static final Capture<KernelNode> SECOND = Capture.of(KernelNode.class);
    private static final Pattern<KernelNode> PATTERN = Pattern.node(KernelNode.class)
            .where(op -> op instanceof Convolution || op instanceof Linear)
            .capturedAs(SECOND);
    /** Between two convolutions: a BatchNorm, a padding, a BatchNorm. */
    private static final int MOST_BETWEEN = 3;

    private final CostGuard guard;

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public MergeSequentialConvolutions() {
        this(CostGuard.ON);
    }

    private MergeSequentialConvolutions(CostGuard guard) {
        this.guard = guard;
    }

    @Override
    public Rule allowingCost() {
        return new MergeSequentialConvolutions(CostGuard.OFF);
    }

    @Override
    public String description() {
        return "Two convolutions in a row become one";
    }

    @Override
    public Phase phase() {
        return Phase.MERGE;
    }

    @Override
    public Pattern<KernelNode> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        KernelNode second = match.get(SECOND);
        List<SingleInputNode> ops = chain(second, graph);
        if (!(ops.get(0) instanceof KernelNode first) || ops.size() == 1) {
            return notApplicable();
        }
        Composition composition = Composition.of(ops, Composition.Shaping.of(first));
        if (composition.refusal().isPresent()) {
            String beginning = "it is not one convolution with " + first.label() + " before it: ";
            return composition.refusal().get().behind(beginning).asOutcome();
        }
        if (composition.geometry().isCropped()) {
            return notApplicable(); // a convolution cannot crop
        }
        KernelSource kernel = composition.kernel();
        long weights = kernel.shape().weights();
        Optional<Refusal> refusal = guard.objection(Cost.of(ops), new Cost(weights, weights))
                .or(() -> KernelFits.defect(kernel).map(Refusal::because));
        if (refusal.isPresent()) {
            return refusal.get()
                    .behind("together with " + first.label() + " before it, ")
                    .asOutcome();
        }
        KernelNode merged = BranchRewrites.like(
                second, second.name(), first.input(), second.output(), kernel, composition.geometry());
        Map<String, String> hosts = new HashMap<>();
        ops.forEach(op -> hosts.put(op.name(), second.name()));
        return rewritten(new Replacement(List.of(second), List.of(merged), hosts));
    }

    /** The second convolution and what is before it up to the first one, in the order of execution. */
    private static List<SingleInputNode> chain(KernelNode second, ConvGraph graph) {
        Deque<SingleInputNode> ops = new ArrayDeque<>(List.of(second));
        Optional<SingleInputNode> op = Branch.linear(second.input(), graph);
        while (op.isPresent() && ops.size() <= MOST_BETWEEN + 1 && !(op.get() instanceof AveragePool)) {
            ops.addFirst(op.get());
            op = op.get() instanceof KernelNode
                    ? Optional.empty()
                    : Branch.linear(op.get().input(), graph);
        }
        return List.copyOf(ops);
    }
}
