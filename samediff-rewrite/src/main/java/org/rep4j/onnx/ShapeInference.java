package org.rep4j.onnx;

import java.util.List;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** How the shapes of an op's outputs follow from what is known of its inputs. */
@FunctionalInterface
interface ShapeInference {
    /**
     * The shapes of the outputs, in their order, those left out included; sizes that the op alone does not decide are unknown, and
     * so is what the list does not reach. Two unknown sizes that are the same negative number, −2 or less, are equal to each other.
     *
     * @throws Contradiction if what is known of the inputs cannot be
     * @throws Unfoldable if nothing is known
     */
    List<Shape> infer(ShapeCall call) throws Unfoldable;
}
