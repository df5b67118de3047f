package org.rep4j.samediff;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.shape.StridedSlice;
import org.nd4j.linalg.api.ops.impl.transforms.Pad;
import org.nd4j.linalg.factory.Nd4j;

/** Writes borders: a pad op for what is added, a strided_slice for what is cut off. */
final class PadEmitter {
    private final SameDiffSurgery surgery;

    PadEmitter(SameDiffSurgery surgery) {
        this.surgery = surgery;
    }

    /**
     * A tensor with elements added or, by negative amounts, cut off.
     *
     * @param begin amount before the first element of each axis
     * @param end amount behind the last element of each axis
     * @param fill what is added
     * @param name of the result
     */
    SDVariable emit(SDVariable input, List<Integer> begin, List<Integer> end, double fill, String name) {
        boolean cuts = begin.stream().anyMatch(a -> a < 0) || end.stream().anyMatch(a -> a < 0);
        boolean adds = begin.stream().anyMatch(a -> a > 0) || end.stream().anyMatch(a -> a > 0);
        if (!cuts) {
            return added(input, begin, end, fill, name);
        }
        return adds
                ? added(cut(input, begin, end, surgery.freshName(name + "_cut")), begin, end, fill, name)
                : cut(input, begin, end, name);
    }

    private SDVariable added(SDVariable input, List<Integer> begin, List<Integer> end, double fill, String name) {
        int[][] amounts = new int[begin.size()][];
        for (int i = 0; i < amounts.length; i++) {
            amounts[i] = new int[] {Math.max(begin.get(i), 0), Math.max(end.get(i), 0)};
        }
        SDVariable stored = surgery.parameter(name + "_amounts", Nd4j.createFromArray(amounts), false);
        return surgery.name(new Pad(surgery.graph(), input, stored, Pad.Mode.CONSTANT, fill), name)[0];
    }

    /** Ends are counted from the end of the axis, so its size need not be known. */
    private SDVariable cut(SDVariable input, List<Integer> begin, List<Integer> end, String name) {
        int rank = begin.size();
        long[] from = new long[rank];
        long[] to = new long[rank];
        long[] steps = new long[rank];
        int toTheEnd = 0;
        for (int i = 0; i < rank; i++) {
            from[i] = Math.max(-begin.get(i), 0);
            to[i] = Math.min(end.get(i), 0);
            steps[i] = 1;
            toTheEnd |= to[i] == 0 ? 1 << i : 0;
        }
        return surgery.name(new StridedSlice(surgery.graph(), input, from, to, steps, 0, toTheEnd, 0, 0, 0), name)[0];
    }
}
