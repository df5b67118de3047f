package org.rep4j.rewrite.rules;

import java.util.Optional;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Pad;

/** Explicit padding as padding of the convolution or pool that reads the padded tensor. */
final class ZeroPadding {
    private ZeroPadding() {}

    /** {@code geometry} with the amounts of {@code pad} around what it has. */
    static ConvGeometry absorb(Pad pad, ConvGeometry geometry, Layout layout) {
        int[] begin = new int[geometry.rank()];
        int[] end = new int[geometry.rank()];
        for (int i = 0; i < geometry.rank(); i++) {
            begin[i] = pad.begin().get(layout.spatialAxis(i));
            end[i] = pad.end().get(layout.spatialAxis(i));
        }
        return geometry.padded(begin, end);
    }

    /**
     * Why {@code geometry} cannot take {@code pad} in; empty if it can.
     *
     * @param reader what reads the padded tensor, for people: "a convolution"
     */
    static Optional<String> defect(Pad pad, ConvGeometry geometry, Layout layout, String reader) {
        String before = pad.label() + " before it ";
        int rank = geometry.rank() + 2;
        if (!pad.fill().isZero()) {
            return Optional.of(before + "fills in " + pad.fill() + ", " + reader + " pads with zeros");
        }
        if (pad.begin().size() != rank) {
            return Optional.of(before + "pads " + pad.begin().size() + " axes of " + rank);
        }
        if (!geometry.isResolved()) {
            return Optional.of("its padding " + geometry.autoPad() + " depends on an input size that is not known");
        }
        for (int axis = 0; axis < rank; axis++) {
            int begin = pad.begin().get(axis);
            int end = pad.end().get(axis);
            if (begin < 0 || end < 0) {
                return Optional.of(before + "cuts off elements");
            }
            int spatial = axis - layout.spatialAxis(0);
            boolean isSpatial = spatial >= 0 && spatial < geometry.rank();
            if ((begin > 0 || end > 0) && !isSpatial) {
                return Optional.of(before + "pads axis " + axis + ", which is not spatial");
            }
            if (isSpatial && !geometry.axes().get(spatial).canBePadded(begin, end)) {
                return Optional.of(before + "pads " + Math.max(begin, end) + " elements, too many for " + reader);
            }
        }
        return Optional.empty();
    }
}
