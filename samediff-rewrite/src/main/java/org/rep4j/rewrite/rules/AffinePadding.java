package org.rep4j.rewrite.rules;

import java.util.stream.IntStream;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.Pad;

/** Affine ops in front of a padding: {@code Pad_f ∘ A = A ∘ Pad_0} where f = A(0). */
final class AffinePadding {
    /** How many roundings may lie between a fill value and the shift that it was computed from. */
    private static final int ROUNDINGS = 16;

    private AffinePadding() {}

    /** Whether padding with zeros before {@code affine} is the same as {@code pad} after it. */
    static boolean commutes(Pad pad, AffineNode affine) {
        int rank = pad.begin().size();
        int axis = affine.channelAxis() < 0 ? affine.channelAxis() + rank : affine.channelAxis();
        if (affine.channels() > 1
                && (axis < 0
                        || axis >= rank
                        || pad.begin().get(axis) != 0
                        || pad.end().get(axis) != 0)) {
            return false;
        }
        return !fills(pad) || fillsWhatZeroBecomes(pad, affine, axis);
    }

    /** Whether elements are added, not only cut off. */
    private static boolean fills(Pad pad) {
        return pad.begin().stream().anyMatch(n -> n > 0) || pad.end().stream().anyMatch(n -> n > 0);
    }

    private static boolean fillsWhatZeroBecomes(Pad pad, AffineNode affine, int axis) {
        double[] fill = pad.fill().values();
        double[] shift = affine.affine(affine.channels()).shift();
        if (fill.length > 1 && shift.length > 1) {
            int fillAxis = pad.fill().axis() < 0
                    ? pad.fill().axis() + pad.begin().size()
                    : pad.fill().axis();
            if (fill.length != shift.length || fillAxis != axis) {
                return false;
            }
        }
        double tolerance = ROUNDINGS * affine.output().type().unitRoundoff();
        return IntStream.range(0, Math.max(fill.length, shift.length)).allMatch(c -> {
            double f = fill[fill.length == 1 ? 0 : c];
            double t = shift[shift.length == 1 ? 0 : c];
            return Math.abs(f - t) <= tolerance * Math.max(Math.abs(f), Math.abs(t));
        });
    }
}
