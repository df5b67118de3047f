package org.rep4j.samediff;

import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.shape.Concat;
import org.nd4j.linalg.api.ops.impl.shape.Split;
import org.rep4j.algebra.KernelAlgebra;
import org.rep4j.algebra.KernelRows;
import org.rep4j.graph.Layout;

/** Writes ops with groups as SameDiff needs it: split the channels, one op for each group, concat. */
final class GroupedEmitter {
    private final SameDiffSurgery surgery;

    GroupedEmitter(SameDiffSurgery surgery) {
        this.surgery = surgery;
    }

    /** Makes the op of one group. */
    @FunctionalInterface
    interface Part {
        DifferentialFunction create(SDVariable input, KernelRows kernel);
    }

    /**
     * Writes the ops.
     *
     * @param input of the whole
     * @param name of the result
     */
    SDVariable emit(SDVariable input, KernelRows kernel, Layout layout, String name, Part part) {
        int groups = kernel.shape().groups();
        int rank = kernel.shape().spatial().size() + 2;
        int channelAxis = Math.floorMod(layout.channelAxis(), rank);
        SDVariable[] parts = surgery.name(
                new Split(surgery.graph(), input, groups, channelAxis), surgery.freshName(name + "_split"));
        SDVariable[] results = new SDVariable[groups];
        for (int g = 0; g < groups; g++) {
            results[g] = surgery.name(
                            part.create(parts[g], KernelAlgebra.group(kernel, g)), surgery.freshName(name + "_group"))[
                    0];
        }
        return surgery.name(new Concat(surgery.graph(), channelAxis, results), name)[0];
    }
}
