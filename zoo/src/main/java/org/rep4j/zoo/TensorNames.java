package org.rep4j.zoo;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.Layer;

/** What the authors of a net call the tensors of one of its layers. */
interface TensorNames {
    /**
     * The tensors of a layer whose number of inputs is known.
     *
     * @param vertex the layer's, in the net
     */
    List<Binding> of(String vertex, Layer layer);
}
