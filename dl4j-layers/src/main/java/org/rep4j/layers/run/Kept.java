package org.rep4j.layers.run;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The arrays that a forward pass leaves for the way back. They lie outside of Deeplearning4j's workspaces, which are closed in between, and
 * are freed when they are closed: the garbage collector does not see how large they are.
 */
final class Kept implements AutoCloseable {
    private final INDArray input;
    private final Set<INDArray> arrays = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * Nothing so far.
     *
     * @param input of the layer; Deeplearning4j keeps that
     */
    Kept(INDArray input) {
        this.input = input;
    }

    /** Whether this belongs to a pass of {@code input}. */
    boolean isOf(INDArray input) {
        return this.input == input;
    }

    /** The array itself if it stays as long as this, or else a copy. */
    INDArray hold(INDArray array) {
        return array == input || arrays.contains(array) ? array : copy(array);
    }

    /** A copy that stays as it is, whatever becomes of the array. */
    INDArray copy(INDArray array) {
        return like(array).assign(array);
    }

    /** A row-major array of the same shape, of whatever numbers. */
    INDArray like(INDArray array) {
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray result = Nd4j.createUninitialized(array.dataType(), array.shape(), 'c');
            arrays.add(result);
            return result;
        }
    }

    @Override
    public void close() {
        arrays.forEach(INDArray::close);
        arrays.clear();
    }
}
