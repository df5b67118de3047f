package org.rep4j.layers.activation;

import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * MobileNetV3's hard sigmoid (Howard et al., 2019, section 5.2): {@code min(max(x + 3, 0), 6) / 6}. Deeplearning4j's HARDSIGMOID is another
 * one, {@code min(max(0.2 x + 0.5, 0), 1)}.
 */
public final class ActivationHSigmoid extends BaseActivationFunction {
    /** Values below are 0, and their negatives above are 1. */
    static final double EDGE = 3;

    /** There is nothing to set. */
    public ActivationHSigmoid() {}

    /** In place. */
    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        in.addi(EDGE);
        Transforms.max(in, 0, false);
        Transforms.min(in, 2 * EDGE, false);
        return in.divi(2 * EDGE);
    }

    @Override
    public Pair<INDArray, @Nullable INDArray> backprop(INDArray in, INDArray epsilon) {
        assertShape(in, epsilon);
        INDArray slope = within(in).divi(2 * EDGE);
        return new Pair<>(slope.muli(epsilon), null);
    }

    /** 1 between the edges, else 0. */
    static INDArray within(INDArray in) {
        return in.gt(-EDGE).castTo(in.dataType()).muli(in.lt(EDGE).castTo(in.dataType()));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ActivationHSigmoid;
    }

    @Override
    public int hashCode() {
        return ActivationHSigmoid.class.hashCode();
    }

    @Override
    public String toString() {
        return "hsigmoid";
    }
}
