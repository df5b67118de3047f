package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.List;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;

/**
 * Pads with zeros before an affine op instead of with what it makes of zeros behind it, where a convolution then takes the op in.
 *
 * <pre>
 * before   x → BatchNormalization → Pad(β − μ·s) → Conv → y
 * after    x → Pad(0) → BatchNormalization → Conv → y
 * </pre>
 *
 * Needs: the fill is the op's value for zero, within the rounding of its number format; channels are not padded; all readers of
 * the padded tensor can take the op in; nobody else reads its output; no convolution before it takes it in.
 */
public final class MovePadBeforeAffine implements Rule {
    private static final Capture<Pad> PAD = Capture.of(Pad.class);
    private static final Capture<AffineNode> AFFINE = Capture.of(AffineNode.class);
    private static final Pattern<Pad> PATTERN = Pattern.node(Pad.class)
            .capturedAs(PAD)
            .fedBy(Pattern.node(AffineNode.class).capturedAs(AFFINE));

    @Override
    public String description() {
        return "Padding with what a BatchNorm makes of zeros becomes zero padding before the BatchNorm";
    }

    @Override
    public Phase phase() {
        return Phase.ABSORB;
    }

    @Override
    public Pattern<Pad> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        Pad pad = match.get(PAD);
        AffineNode affine = match.get(AFFINE);
        if (graph.consumers(pad.output()).stream().noneMatch(KernelNode.class::isInstance)
                || Uses.otherThan(pad, affine.output(), graph).isPresent()
                || affine.defect().isPresent()
                || !AffinePadding.commutes(pad, affine)
                || AffineAbsorption.takesIn(affine, graph)) {
            return notApplicable();
        }
        return NextAbsorption.obstacle(affine, pad.output(), graph).orElseGet(() -> moved(pad, affine, graph));
    }

    private static Outcome moved(Pad pad, AffineNode affine, ConvGraph graph) {
        Value padded = Value.of(
                graph.freshName(affine.input().name() + "_padded"),
                pad.output().shape(),
                affine.input().type());
        Pad first = new Pad(
                NodeInfo.made(pad.name(), pad.info().op()),
                affine.input(),
                padded,
                pad.begin(),
                pad.end(),
                ChannelConstant.scalar(0));
        AffineNode second = affine.between(padded, pad.output());
        return rewritten(new Replacement(List.of(pad, affine), List.of(first, second)));
    }
}
