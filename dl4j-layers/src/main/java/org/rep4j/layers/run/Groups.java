package org.rep4j.layers.run;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Kernels of groups of channels, {@code [groups, …]}, row-major. */
final class Groups {
    private Groups() {}

    /**
     * One group's kernel, as a view. Not by a point on the first axis: of a view that begins before its own length in the vector of all parameters,
     * ND4J takes an element behind that length for none, and what it returns is empty.
     */
    static INDArray kernel(INDArray all, int group) {
        long[] dims = Arrays.copyOfRange(all.shape(), 1, all.rank());
        long length = all.length() / all.size(0);
        return all.reshape('c', new long[] {all.length()})
                .get(NDArrayIndex.interval(group * length, (group + 1) * length))
                .reshape('c', dims);
    }
}
