package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;
import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Replacement;

/** What absorbing a BatchNorm, a scale and a bias have in common: the affine op goes into the kernel before it. */
final class AffineAbsorption {
    private AffineAbsorption() {}

    /** Whether what writes its input can absorb {@code affine}. */
    static boolean takesIn(AffineNode affine, ConvGraph graph) {
        return graph.producer(affine.input())
                        .filter(KernelNode.class::isInstance)
                        .isPresent()
                && absorb(affine, graph) instanceof Outcome.Rewritten;
    }

    /** Absorbs {@code affine} into whatever writes its input. */
    static Outcome absorb(AffineNode affine, ConvGraph graph) {
        Node producer = graph.producer(affine.input()).orElse(null);
        if (!(producer instanceof KernelNode op)) {
            return affine instanceof BatchNormalization
                    ? declined(whereItsInputComesFrom(affine, producer), "put it directly behind a convolution")
                    : notApplicable(); // nobody expects arithmetic elsewhere to fold
        }
        return obstacle(affine, op, graph).orElseGet(() -> fold(affine, op));
    }

    private static String whereItsInputComesFrom(AffineNode affine, @Nullable Node producer) {
        return producer == null
                ? "its input " + affine.input().name() + " is no op's output, so there is no convolution to fold into"
                : "its input comes from " + producer.label() + ", not from a convolution";
    }

    private static Outcome fold(AffineNode affine, KernelNode op) {
        int channels = op.kernel().shape().outChannels();
        FoldedKernel folded = FoldedKernel.absorb(op.kernel(), affine.affine(channels));
        return KernelFits.decline(op, folded)
                .orElseGet(() -> rewritten(Replacement.of(affine, op.with(folded, affine.output()))));
    }

    private static Optional<Outcome> obstacle(AffineNode affine, KernelNode op, ConvGraph graph) {
        Optional<String> otherUse = Uses.otherThan(affine, op.output(), graph);
        if (otherUse.isPresent()) {
            String reason = "the output of " + op.label() + " " + otherUse.get();
            return Optional.of(
                    graph.isOutput(op.output())
                            ? declined(reason, "take " + op.output().name() + " off the graph's outputs")
                            : declined(reason));
        }
        return AffineFit.typeChange(op.output().type(), affine.output().type())
                .or(() -> AffineFit.behind(op, affine))
                .map(Outcome::declined);
    }
}
