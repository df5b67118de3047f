package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.SingleInputNode;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;

/**
 * Makes one affine op of the branches of a sum that only scale and shift one input: {@code x + x}, {@code BatchNorm(x) + x}.
 *
 * <pre>
 * before   x → BatchNorm(s, t) → Sum → y         after   x → BatchNorm(s + 1, t) → y
 *          x ------------------↗
 * </pre>
 *
 * <p>Needs: the input's channels are known and the ops' constants are per channel or scalars; nobody else reads the ops' outputs;
 * the number format holds the result.
 */
public final class MergeParallelAffines extends BranchRule {

    /** Stateless; see {@link org.rep4j.rewrite.Rules}. */
    public MergeParallelAffines() {
        super(Phase.ABSORB, CostGuard.ON);
    }

    @Override
    public String description() {
        return "Branches that only scale and shift one input become one";
    }

    @Override
    Outcome apply(Branches branches) {
        Map<String, List<Branch>> bySource = new LinkedHashMap<>();
        for (Branch branch : branches.all()) {
            if (branch.kind() == Branch.Kind.IDENTITY || branch.kind() == Branch.Kind.AFFINE) {
                bySource.computeIfAbsent(branch.source().name(), n -> new ArrayList<>())
                        .add(branch);
            }
        }
        return bySource.values().stream()
                .filter(alike -> alike.size() > 1)
                .flatMap(alike -> merge(branches, alike).stream())
                .findFirst()
                .map(r -> rewritten(r))
                .orElse(notApplicable());
    }

    private static Optional<Replacement> merge(Branches branches, List<Branch> alike) {
        Optional<Integer> axis = axis(alike);
        if (axis.isEmpty()) {
            return Optional.empty();
        }
        Value source = alike.get(0).source();
        boolean whole = alike.size() == branches.all().size();
        String name = whole ? branches.tree().top().name() : branches.graph().freshName(source.name() + "_affine");
        Value output = whole ? branches.tree().top().output() : Value.of(name, source.shape(), source.type());
        AffineNode merged = total(alike, source, axis.get(), NodeInfo.made(name, "BatchNormalization"), output);
        ChannelAffine numbers = merged.affine(merged.channels());
        if (!AffineComposition.fits(numbers.scale(), source.type())
                || !AffineComposition.fits(numbers.shift(), source.type())) {
            return Optional.empty();
        }

        List<Node> removed = new ArrayList<>(branches.tree().sums());
        Map<String, String> hosts = new HashMap<>();
        for (Branch branch : alike) {
            branch.ops().forEach(op -> hosts.put(op.name(), name));
            if (!branch.ops().isEmpty()) {
                removed.add(branch.ops().get(branch.ops().size() - 1)); // those before it go with it
            }
        }
        List<Node> added = new ArrayList<>(List.of(merged));
        if (!whole) {
            List<Term> terms = new ArrayList<>();
            boolean placed = false;
            for (Branch branch : branches.all()) {
                boolean gone = alike.contains(branch);
                if (!gone) {
                    terms.add(branch.term());
                } else if (!placed) {
                    terms.add(Term.plus(output));
                    placed = true;
                }
            }
            added.add(BranchRewrites.sum(branches.tree(), terms));
        }
        return Optional.of(new Replacement(removed, added, hosts));
    }

    /** The axis along which all constants lie, counted from the end; empty if they cannot be added up. */
    private static Optional<Integer> axis(List<Branch> alike) {
        Value source = alike.get(0).source();
        int rank = source.shape().rank();
        Integer axis = null;
        for (Branch branch : alike) {
            Value operand = branch.term().value();
            if (operand.type() != source.type() || !source.type().isFloatingPoint()) {
                return Optional.empty();
            }
            for (SingleInputNode op : branch.ops()) {
                AffineNode affine = (AffineNode) op;
                int own = affine.channelAxis() < 0 ? affine.channelAxis() : affine.channelAxis() - rank;
                boolean scalar = affine.channels() == 1 && !(affine instanceof BatchNormalization);
                boolean fits = rank > 0
                        && affine.defect().isEmpty()
                        && affine.constantRank() <= rank
                        && (scalar || source.shape().dim(own) == affine.channels());
                if (!fits || (axis != null && !scalar && axis != own)) {
                    return Optional.empty();
                }
                axis = scalar ? axis : Integer.valueOf(own);
            }
        }
        return axis != null ? Optional.of(axis) : axisOfScalars(alike, source);
    }

    /** Scalars alone make a Mul, or a BatchNormalization over the usual axis if there is a shift and its size is known. */
    private static Optional<Integer> axisOfScalars(List<Branch> alike, Value source) {
        int axis = 1 - source.shape().rank();
        boolean shifts = alike.stream().flatMap(b -> b.ops().stream()).anyMatch(op -> op instanceof ChannelShift);
        return !shifts || (axis < 0 && source.shape().dim(axis) > 0) ? Optional.of(axis) : Optional.empty();
    }

    private static AffineNode total(List<Branch> alike, Value source, int axis, NodeInfo info, Value output) {
        boolean scalars = alike.stream()
                .flatMap(b -> b.ops().stream())
                .allMatch(op -> op instanceof ChannelScale scale && scale.channels() == 1);
        int channels = scalars ? 1 : Math.toIntExact(source.shape().dim(axis));
        double[] scale = new double[channels];
        double[] shift = new double[channels];
        for (Branch branch : alike) {
            ChannelAffine affine = ChannelAffine.shifting(new double[channels]);
            for (SingleInputNode op : branch.ops()) {
                affine = affine.andThen(((AffineNode) op).affine(channels));
            }
            double sign = branch.term().negated() ? -1 : 1;
            for (int c = 0; c < channels; c++) {
                scale[c] += sign * affine.scale()[c];
                shift[c] += sign * affine.shift()[c];
            }
        }
        boolean shifts = Arrays.stream(shift).anyMatch(t -> t != 0);
        if (!shifts) {
            int rank = scalars ? 0 : -axis;
            return new ChannelScale(
                    NodeInfo.made(info.name(), "Mul"), source, output, new ChannelConstant(scale, axis, rank));
        }
        return new BatchNormalization(
                info, source, output, BatchNormStatistics.of(new ChannelAffine(scale, shift)), axis);
    }
}
