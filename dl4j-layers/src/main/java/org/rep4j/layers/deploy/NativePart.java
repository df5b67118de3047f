package org.rep4j.layers.deploy;

import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.block.SqueezeExcite;

/** What a node of a lifted net stands for, where its content does not tell: the handle by which it is written again. */
sealed interface NativePart {
    /**
     * A whole vertex, which is copied with its parameters.
     *
     * @param vertex its name
     */
    record Vertex(String vertex) implements NativePart {}

    /**
     * The depthwise half of a separable convolution, which is written with the other half as long as both are what they were.
     *
     * @param vertex its name
     */
    record DepthwiseHalf(String vertex) implements NativePart {}

    /**
     * The activation of a layer.
     *
     * @param function which one
     */
    record Activation(IActivation function) implements NativePart {}

    /**
     * Squeeze and excitation of a block.
     *
     * @param block its sizes
     * @param parameters by name
     * @param format where images have their channels
     */
    record Excitation(SqueezeExcite block, Map<String, INDArray> parameters, CNN2DFormat format)
            implements NativePart {}

    /**
     * A preprocessor before a layer.
     *
     * @param vertex the layer's vertex, whose preprocessor it is
     */
    record Preprocessor(String vertex) implements NativePart {}
}
