package org.rep4j.layers.deploy;

import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters of a layer.
 *
 * @param table by name
 */
record VertexParameters(Map<String, INDArray> table) {
    INDArray get(String name) {
        return Objects.requireNonNull(table.get(name), name);
    }
}
