package org.rep4j.samediff;

import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.ThreadSafeArrayHolder;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Graphs that hold each array once. SameDiff keeps a second copy of all constants and variables for the other devices that may ask
 * for them, also where there is only one device.
 */
public final class ArraysOnce {
    private ArraysOnce() {}

    /**
     * Lets a graph hold its arrays, those that it has and those that are added, once. With several devices it is left as it is.
     *
     * @return the same graph
     */
    public static SameDiff in(SameDiff graph) {
        if (Nd4j.getAffinityManager().getNumberOfDevices() == 1) {
            graph.setArrayHolders(new ThreadSafeArrayHolder(false), new ThreadSafeArrayHolder(false), true);
        }
        return graph;
    }
}
