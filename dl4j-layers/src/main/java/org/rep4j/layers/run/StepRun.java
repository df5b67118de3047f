package org.rep4j.layers.run;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs one step of a branch. What {@link #backward} needs of the last {@link #forward} in training is {@link Kept}: all else lies in
 * workspaces that are closed in between.
 */
interface StepRun {
    /**
     * What the step makes of an image; {@code x} itself is not changed.
     *
     * @param x contiguous, row-major, in the layer's layout
     */
    INDArray forward(INDArray x, boolean training);

    /**
     * Writes the gradients of the parameters, and tells that of the input.
     *
     * @param gradient of what came out of the last forward pass; not changed
     */
    INDArray backward(INDArray gradient);
}
