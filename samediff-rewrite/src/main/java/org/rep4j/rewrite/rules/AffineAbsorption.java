package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;
import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Replacement;

/** What absorbing a BatchNorm, a scale and a bias have in common: the affine op goes into the kernel before it. */
final class AffineAbsorption {
    private AffineAbsorption() {}

    /** Absorbs {@code affine} into whatever writes its input. */
    static Outcome absorb(AffineNode affine, ConvGraph graph) {
        Node producer = graph.producer(affine.input()).orElse(null);
        if (!(producer instanceof KernelNode op)) {
            return affine instanceof BatchNormalization
                    ? declined(whereItsInputComesFrom(affine, producer))
                    : notApplicable(); // nobody expects arithmetic elsewhere to fold
        }
        int channels = op.kernel().shape().outChannels();
        return defect(affine, op, graph).map(Outcome::declined).orElseGet(() -> fold(affine, op, channels));
    }

    private static String whereItsInputComesFrom(AffineNode affine, @Nullable Node producer) {
        return producer == null
                ? "its input " + affine.input().name() + " is no op's output, so there is no convolution to fold into"
                : "its input comes from " + producer.label() + ", not from a convolution";
    }

    private static Outcome fold(AffineNode affine, KernelNode op, int channels) {
        FoldedKernel folded = FoldedKernel.absorb(op.kernel(), affine.affine(channels));
        return KernelFits.defect(folded)
                .map(reason -> declined("folded into " + op.label() + ", " + reason))
                .orElseGet(() -> rewritten(Replacement.of(affine, op.with(folded, affine.output()))));
    }

    private static Optional<String> defect(AffineNode affine, KernelNode op, ConvGraph graph) {
        Optional<String> otherUse = Uses.otherThan(affine, op.output(), graph);
        if (otherUse.isPresent()) {
            return Optional.of("the output of " + op.label() + " " + otherUse.get());
        }
        if (differ(affine.output().type(), op.output().type())) {
            return Optional.of("it turns " + op.output().type() + " into "
                    + affine.output().type());
        }
        return mismatch(affine, op);
    }

    /** Whether two number formats are known and not the same. */
    static boolean differ(ElementType a, ElementType b) {
        return a != b && a.isFloatingPoint() && b.isFloatingPoint(); // OTHER may just mean that nobody knows
    }

    /** Why {@code affine} does not fit the output of {@code op}, whether or not it stands there; empty if it does. */
    static Optional<String> mismatch(AffineNode affine, KernelNode op) {
        return mismatch(affine, op.kernel().shape().outChannels(), op.channelAxis(), op.rank(), op.label());
    }

    /**
     * Why {@code affine} does not work channel by channel on a value; empty if it does.
     *
     * @param channels of the value
     * @param channelAxis of the value; negative counts from the end
     * @param rank of the value, −1 if unknown
     * @param writer what writes the value, for people
     */
    static Optional<String> mismatch(AffineNode affine, int channels, int channelAxis, int rank, String writer) {
        if (affine.defect().isPresent()) {
            return affine.defect();
        }
        boolean fits =
                affine.channels() == channels || (affine.channels() == 1 && !(affine instanceof BatchNormalization));
        if (!fits) {
            return Optional.of("it has " + affine.channels() + " channels, " + writer + " writes " + channels);
        }
        if (affine.constantRank() > Math.max(rank, 1)) {
            return Optional.of("its constant has rank " + affine.constantRank() + ", more than the output of " + writer
                    + (rank < 0 ? ", whose rank is not known" : " has"));
        }
        if (affine.channels() == 1 || affine.channelAxis() == channelAxis) {
            return Optional.empty();
        }
        if (rank < 0) {
            return Optional.of(
                    "the rank of " + affine.input().name() + " is not known, so neither is its channel axis");
        }
        int axis = affine.channelAxis() < 0 ? affine.channelAxis() + rank : affine.channelAxis();
        return axis == Math.floorMod(channelAxis, rank)
                ? Optional.empty()
                : Optional.of("it works along axis " + affine.channelAxis() + ", the channels of " + writer
                        + " lie along axis " + channelAxis);
    }
}
