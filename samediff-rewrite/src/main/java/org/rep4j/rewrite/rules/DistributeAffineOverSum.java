package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.notApplicable;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Sum.Term;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Rule;
import org.rep4j.rewrite.SumTree;

/**
 * Folds a BatchNorm, scale or bias behind a sum of convolutions into all of them.
 *
 * <pre>
 * before   x → Conv(W₁, b₁) → Sum → (s·y + t) → z         after   x → Conv(W₁·s, b₁·s + t) → Sum → z
 *          y → Conv(W₂, b₂) ↗                                     y → Conv(W₂·s, b₂·s)     ↗
 * </pre>
 *
 * Comes last: where the convolutions read the same input they have become one before. Needs: all operands are convolutions,
 * transposed convolutions or linear layers that nobody else reads; for a mere addition one of them is enough.
 */
public final class DistributeAffineOverSum implements Rule {
    private static final Capture<Sum> SUM = Capture.of(Sum.class);
    private static final Pattern<Sum> PATTERN =
            Pattern.node(Sum.class).capturedAs(SUM).where(SumTree::isTop);

    @Override
    public String description() {
        return "BatchNorm after a sum of convolutions becomes part of all their weights";
    }

    @Override
    public Phase phase() {
        return Phase.CLEAN;
    }

    @Override
    public Pattern<Sum> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        Sum sum = match.get(SUM);
        return Distribution.behind(sum, graph).map(d -> apply(sum, d, graph)).orElse(notApplicable());
    }

    private static Outcome apply(Sum sum, Distribution distribution, ConvGraph graph) {
        AffineNode affine = distribution.affine();
        if (affine.defect().isPresent()) {
            return distribution.refuse(affine.defect().get());
        }
        boolean scales = Arrays.stream(affine.affine(affine.channels()).scale()).anyMatch(s -> s != 1);
        return scales ? scale(sum, distribution, graph) : addToOne(sum, distribution);
    }

    private static Outcome scale(Sum sum, Distribution distribution, ConvGraph graph) {
        SumTree tree = SumTree.under(sum, graph);
        int rank = tree.leaves().stream()
                .flatMap(v -> distribution.kernel(v).stream())
                .mapToInt(KernelNode::rank)
                .max()
                .orElse(-1);
        for (Term term : tree.terms()) {
            Optional<String> defect = defect(term, distribution, tree.sums(), rank);
            if (defect.isPresent()) {
                return distribution.refuse(defect.get());
            }
        }
        return fold(sum, tree.terms(), distribution);
    }

    /** An addition is complete when one operand has taken it in. */
    private static Outcome addToOne(Sum sum, Distribution distribution) {
        int rank = sum.output().shape().rank();
        return sum.terms().stream()
                .filter(t -> defect(t, distribution, List.of(sum), rank).isEmpty())
                .findFirst()
                .map(t -> fold(sum, List.of(t), distribution))
                .orElseGet(() -> distribution.refuse("none of its operands can take it in"));
    }

    /**
     * Why what writes {@code term} cannot take its part in; empty if it can.
     *
     * @param rank that of the whole sum, −1 if unknown
     */
    private static Optional<String> defect(Term term, Distribution distribution, List<Sum> sums, int rank) {
        return distribution.defect(term.value(), sums).or(() -> {
            AffineNode affine = distribution.affine();
            KernelNode op = distribution.kernel(term.value()).orElseThrow();
            // Operands of lower rank broadcast, and share their axes with the sum from the end only.
            boolean sameAxis = affine.channels() == 1 || affine.channelAxis() < 0 || op.rank() == rank;
            return sameAxis
                    ? AffineFit.behind(op, affine)
                    : Optional.of("the rank of " + op.output().name() + " is not that of "
                            + affine.input().name());
        });
    }

    /** Scales what writes each of {@code terms}, and adds the shift to the first. */
    private static Outcome fold(Sum sum, List<Term> terms, Distribution distribution) {
        AffineNode affine = distribution.affine();
        for (Term term : terms) {
            KernelNode op = distribution.kernel(term.value()).orElseThrow();
            ChannelAffine all = affine.affine(op.kernel().shape().outChannels());
            ChannelAffine part = term.equals(terms.get(0)) ? signed(all, term) : ChannelAffine.scaling(all.scale());
            Optional<Outcome> misfit = distribution.fold(op, part);
            if (misfit.isPresent()) {
                return misfit.get();
            }
        }
        return distribution.done(new Sum(NodeInfo.made(sum.name(), sum.info().op()), sum.terms(), affine.output()));
    }

    /** What is subtracted later is negated before. */
    private static ChannelAffine signed(ChannelAffine affine, Term term) {
        return term.negated()
                ? new ChannelAffine(
                        affine.scale(),
                        Arrays.stream(affine.shift()).map(t -> -t).toArray())
                : affine;
    }
}
