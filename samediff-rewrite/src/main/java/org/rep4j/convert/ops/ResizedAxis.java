package org.rep4j.convert.ops;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * How one axis is resized.
 *
 * @param axis which one
 * @param from size before
 * @param to size afterwards
 * @param scale of the coordinates, NaN where it is computed
 * @param computedScale a float without axes, null where it is known
 * @param start of the region that is resized, as a part of the axis
 * @param end of that region
 */
record ResizedAxis(
        int axis,
        Extent from,
        Extent to,
        float scale,
        @Nullable SDVariable computedScale,
        float start,
        float end) {

    /** Whether everything about it is known. */
    boolean isKnown() {
        return from.isKnown() && to.isKnown() && !Float.isNaN(scale);
    }
}
