package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;
import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;
import org.rep4j.rewrite.SumTree;

/**
 * Adds up the kernels of parallel transposed convolutions of one input, over whole trees of sums.
 *
 * <pre>
 * before   x → ConvTranspose(W₁, b₁) → Sum → y         after   x → ConvTranspose(W₁ ± W₂, b₁ ± b₂) → y
 *          x → ConvTranspose(W₂, b₂) ↗
 * </pre>
 *
 * A tap adds to the output at the same offset from {@code stride · in} in all of them, so kernels align as those of
 * convolutions do; smaller ones grow with zeros. Needs: same input, stride, groups, channels, layout, number format and output
 * size; nobody else reads the outputs; one kernel for all does not have more taps than they have together, unless asked.
 */
public final class MergeParallelTransposedConvolutions implements Rule {
    private static final Capture<Sum> SUM = Capture.of(Sum.class);
    private static final Pattern<Sum> PATTERN =
            Pattern.node(Sum.class).capturedAs(SUM).where(SumTree::isTop);

    private final boolean atAnyCost;

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public MergeParallelTransposedConvolutions() {
        this(false);
    }

    private MergeParallelTransposedConvolutions(boolean atAnyCost) {
        this.atAnyCost = atAnyCost;
    }

    @Override
    public String description() {
        return "Transposed convolutions of the same input whose outputs are added become one";
    }

    @Override
    public Phase phase() {
        return Phase.MERGE;
    }

    @Override
    public Pattern<Sum> pattern() {
        return PATTERN;
    }

    @Override
    public Rule allowingCost() {
        return new MergeParallelTransposedConvolutions(true);
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        SumTree tree = SumTree.under(match.get(SUM), graph);
        TransposedBranches branches = new TransposedBranches(tree, graph);
        List<TransposedBundle> merges = branches.merges(atAnyCost);
        return merges.isEmpty()
                ? branches.whyNot().map(Outcome::declined).orElse(notApplicable())
                : merge(tree, merges);
    }

    private static Outcome merge(SumTree tree, List<TransposedBundle> merges) {
        List<Node> removed = new ArrayList<>(tree.sums());
        Set<Value> merged = new HashSet<>();
        Map<String, String> hosts = new HashMap<>();
        for (TransposedBundle bundle : merges) {
            bundle.members().forEach(m -> {
                removed.add(m.conv());
                merged.add(m.conv().output());
                hosts.put(m.conv().name(), bundle.first().name());
            });
        }
        List<Term> terms = new ArrayList<>(
                tree.terms().stream().filter(t -> !merged.contains(t.value())).toList());
        merges.forEach(b -> terms.add(Term.plus(b.first().output())));

        Value output = tree.top().output();
        List<Node> added = new ArrayList<>();
        for (TransposedBundle bundle : merges) {
            TransposedConvolution conv =
                    bundle.merged(terms.size() == 1 ? output : bundle.first().output());
            Optional<String> defect = KernelFits.defect(conv.kernel());
            if (defect.isPresent()) {
                return declined("added up in " + conv.label() + ", " + defect.get());
            }
            added.add(conv);
        }
        if (terms.size() > 1) {
            Sum top = tree.top();
            added.add(new Sum(NodeInfo.made(top.name(), top.info().op()), terms, output));
        }
        return rewritten(new Replacement(removed, added, hosts));
    }
}
