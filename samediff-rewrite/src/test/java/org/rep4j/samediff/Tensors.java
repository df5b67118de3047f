package org.rep4j.samediff;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.testing.Tensor;

/** Arrays of ND4J as tensors of the direct evaluation, and back. */
final class Tensors {
    private Tensors() {}

    static Tensor of(INDArray array) {
        int[] dims = Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray();
        return new Tensor(dims, array.dup('c').data().asDouble());
    }

    static INDArray array(Tensor tensor) {
        return Nd4j.createFromArray(tensor.data()).reshape('c', tensor.longDims());
    }
}
