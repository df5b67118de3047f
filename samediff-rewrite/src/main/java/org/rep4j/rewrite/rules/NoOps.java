package org.rep4j.rewrite.rules;

import java.util.stream.IntStream;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Pad;
import org.rep4j.graph.SingleInputNode;

/** Ops whose output is their input, number for number. */
final class NoOps {
    private NoOps() {}

    static boolean changesNothing(SingleInputNode node) {
        if (node instanceof Identity) {
            return true;
        }
        if (node instanceof Pad pad) {
            return pad.begin().stream().allMatch(n -> n == 0)
                    && pad.end().stream().allMatch(n -> n == 0);
        }
        if (node instanceof AveragePool pool) {
            return pool.geometry().isPointwise() && pool.geometry().keepsSize();
        }
        return node instanceof AffineNode affine && changesNothing(affine);
    }

    private static boolean changesNothing(AffineNode affine) {
        if (affine.defect().isPresent()
                || affine.input().type() != affine.output().type()
                || AffineFit.stretch(affine).isPresent()) {
            return false;
        }
        ChannelAffine numbers = affine.affine(affine.channels());
        return IntStream.range(0, numbers.channels()).allMatch(c -> numbers.scale()[c] == 1 && numbers.shift()[c] == 0);
    }
}
