package org.rep4j.verify;

import java.util.List;
import java.util.Map;
import org.rep4j.graph.Shape;

/** A model that is ready to run. */
public interface ModelRunner extends AutoCloseable {
    /** What it wants to be fed. */
    List<InputSpec> inputs();

    /** Names of what it computes, in the model's order. */
    List<String> outputs();

    /**
     * Runs the model.
     *
     * @param feeds a tensor for each of {@link #inputs()}
     * @return the outputs by name
     * @throws VerificationException if the model does not take these inputs
     */
    Map<String, Tensor> run(Map<String, Tensor> feeds);

    /**
     * Runs the model for the sizes of its outputs only.
     *
     * @param feeds a tensor for each of {@link #inputs()}
     * @return the shapes by name, of those outputs that are tensors
     * @throws VerificationException if the model does not take these inputs
     */
    Map<String, Shape> outputShapes(Map<String, Tensor> feeds);

    @Override
    void close();
}
