package org.rep4j.layers.deploy;

import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;

/** Layers and vertices that are not trained any more compute what they did. */
final class FrozenLayers {
    private FrozenLayers() {}

    /** The layer that is frozen, or the layer itself. */
    static Layer inner(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return inner(frozen.getLayer());
        }
        return layer instanceof FrozenLayerWithBackprop frozen ? inner(frozen.getUnderlying()) : layer;
    }

    /** The vertex that is frozen, or the vertex itself. */
    static GraphVertex inner(GraphVertex vertex) {
        return vertex instanceof FrozenVertex frozen ? inner(frozen.getUnderlying()) : vertex;
    }
}
