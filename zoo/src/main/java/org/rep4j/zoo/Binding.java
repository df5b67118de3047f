package org.rep4j.zoo;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which tensor of a checkpoint belongs to which parameter of a net.
 *
 * @param tensor its name, as the authors have it
 * @param shape as PyTorch has it
 * @param vertex of the net
 * @param parameter of the vertex's layer
 * @param arrangement how the elements lie
 */
record Binding(String tensor, List<Long> shape, String vertex, String parameter, Arrangement arrangement) {
    /** @param parameterShape the parameter's, from which the tensor's follows */
    static Binding of(String tensor, String vertex, String parameter, Arrangement arrangement, long... parameterShape) {
        long[] shape = arrangement.tensorShape(parameterShape);
        return new Binding(tensor, Arrays.stream(shape).boxed().toList(), vertex, parameter, arrangement);
    }

    /** Copies a tensor into the parameter. */
    void load(INDArray tensorValues, INDArray target) {
        target.assign(arrangement.toParameter(tensorValues, target.shape()).reshape('c', target.shape()));
    }

    /** The parameter as a tensor, row-major. */
    INDArray save(INDArray source) {
        long[] dims = shape.stream().mapToLong(d -> d).toArray();
        return arrangement.toTensor(source, dims).dup('c');
    }
}
