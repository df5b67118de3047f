package org.rep4j.layers.deploy;

import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.shape.StridedSlice;
import org.nd4j.linalg.api.ops.impl.transforms.Pad;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.graph.Layout;

/** Writes borders: a pad op for zeros that are added, a strided_slice for what is cut off. */
final class BorderExport {
    private final ExportScope scope;

    BorderExport(ExportScope scope) {
        this.scope = scope;
    }

    /** An image with its padding around it, or without what negative padding crops; itself where there is none. */
    SDVariable around(SDVariable image, Layout layout, List<ConvAxis> axes) {
        int[] begin = new int[axes.size() + 2];
        int[] end = new int[begin.length];
        for (int i = 0; i < axes.size(); i++) {
            begin[layout.spatialAxis(i)] = axes.get(i).padBegin();
            end[layout.spatialAxis(i)] = axes.get(i).padEnd();
        }
        return added(cut(image, begin, end), begin, end);
    }

    /** An array with zeros added to its axes, where the amounts are positive. */
    SDVariable added(SDVariable image, int[] begin, int... end) {
        int[][] amounts = new int[begin.length][];
        boolean none = true;
        for (int i = 0; i < amounts.length; i++) {
            amounts[i] = new int[] {Math.max(begin[i], 0), Math.max(end[i], 0)};
            none &= begin[i] <= 0 && end[i] <= 0;
        }
        if (none) {
            return image;
        }
        SDVariable stored = scope.constant("amounts", Nd4j.createFromArray(amounts));
        return scope.named("padded", new Pad(scope.graph(), image, stored, Pad.Mode.CONSTANT, 0).outputVariable());
    }

    /** Ends are counted from the end of an axis, so its size need not be known. */
    private SDVariable cut(SDVariable image, int[] begin, int... end) {
        long[] from = Arrays.stream(begin).mapToLong(b -> Math.max(-b, 0)).toArray();
        long[] to = Arrays.stream(end).mapToLong(e -> Math.min(e, 0)).toArray();
        return slice(image, from, to);
    }

    /**
     * A part of an array.
     *
     * @param from of each axis the first that stays
     * @param to of each axis the first that does not; not positive: so many at its end
     */
    SDVariable slice(SDVariable array, long[] from, long... to) {
        int toTheEnd = 0;
        for (int i = 0; i < to.length; i++) {
            toTheEnd |= to[i] == 0 ? 1 << i : 0;
        }
        if (toTheEnd == (1 << to.length) - 1 && Arrays.stream(from).allMatch(f -> f == 0)) {
            return array;
        }
        long[] steps = new long[to.length];
        Arrays.fill(steps, 1);
        return scope.named(
                "part", new StridedSlice(scope.graph(), array, from, to, steps, 0, toTheEnd, 0, 0, 0).outputVariable());
    }
}
