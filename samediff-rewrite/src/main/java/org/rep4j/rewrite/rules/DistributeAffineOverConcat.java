package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.notApplicable;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Rule;

/**
 * Folds a BatchNorm, scale or bias behind a concatenation of convolutions into all of them, each its channels.
 *
 * <pre>
 * before   x → Conv(W₁, b₁) → Concat → (s·y + t) → z         after   x → Conv(W₁·s₁, b₁·s₁ + t₁) → Concat → z
 *          y → Conv(W₂, b₂) ↗                                        y → Conv(W₂·s₂, b₂·s₂ + t₂) ↗
 * </pre>
 *
 * Needs: all operands are convolutions, transposed convolutions or linear layers that nobody else reads, concatenated along
 * the channels (one constant for all channels goes with any axis).
 */
public final class DistributeAffineOverConcat implements Rule {
    private static final Capture<Concat> CONCAT = Capture.of(Concat.class);
    private static final Pattern<Concat> PATTERN = Pattern.node(Concat.class).capturedAs(CONCAT);

    @Override
    public String description() {
        return "BatchNorm after a concatenation of convolutions becomes part of all their weights";
    }

    @Override
    public Phase phase() {
        return Phase.CLEAN;
    }

    @Override
    public Pattern<Concat> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        Concat concat = match.get(CONCAT);
        return Distribution.behind(concat, graph).map(d -> apply(concat, d)).orElse(notApplicable());
    }

    private static Outcome apply(Concat concat, Distribution distribution) {
        Optional<String> defect = distribution.affine().defect().or(() -> defect(concat, distribution));
        return defect.map(distribution::refuse).orElseGet(() -> fold(concat, distribution));
    }

    private static Optional<String> defect(Concat concat, Distribution distribution) {
        AffineNode affine = distribution.affine();
        long channels = 0;
        for (Value operand : concat.inputs()) {
            Optional<String> defect = distribution.defect(operand, List.of(concat));
            if (defect.isPresent()) {
                return defect;
            }
            KernelNode op = distribution.kernel(operand).orElseThrow();
            Optional<String> axis = AffineFit.axis(op, affine)
                    .or(() -> distribution.isForAllChannels() ? Optional.empty() : concatAxis(concat, op));
            if (axis.isPresent()) {
                return axis;
            }
            channels += op.kernel().shape().outChannels();
        }
        return affine.channels() == channels || distribution.isForAllChannels()
                ? Optional.empty()
                : Optional.of("it has " + affine.channels() + " channels, " + concat.label() + " writes " + channels);
    }

    private static Optional<String> concatAxis(Concat concat, KernelNode op) {
        return Stacking.alongChannels(concat, op)
                ? Optional.empty()
                : Optional.of(concat.label() + " before it concatenates along axis " + concat.axis()
                        + ", the channels of " + op.label() + " lie along axis " + op.channelAxis());
    }

    private static Outcome fold(Concat concat, Distribution distribution) {
        AffineNode affine = distribution.affine();
        int channel = 0;
        for (Value operand : concat.inputs()) {
            KernelNode op = distribution.kernel(operand).orElseThrow();
            int channels = op.kernel().shape().outChannels();
            ChannelAffine part = distribution.isForAllChannels()
                    ? affine.affine(channels)
                    : slice(affine.affine(affine.channels()), channel, channels);
            Optional<Outcome> misfit = distribution.fold(op, part);
            if (misfit.isPresent()) {
                return misfit.get();
            }
            channel += channels;
        }
        NodeInfo info = NodeInfo.made(concat.name(), concat.info().op());
        return distribution.done(new Concat(info, concat.inputs(), affine.output(), concat.axis()));
    }

    private static ChannelAffine slice(ChannelAffine all, int from, int channels) {
        return new ChannelAffine(
                Arrays.copyOfRange(all.scale(), from, from + channels),
                Arrays.copyOfRange(all.shift(), from, from + channels));
    }
}
