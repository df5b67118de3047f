package org.rep4j.layers.activation;

import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** MobileNetV3's hard swish (Howard et al., 2019, section 5.2): x times its {@link ActivationHSigmoid hard sigmoid}. */
public final class ActivationHSwish extends BaseActivationFunction {
    private static final ActivationHSigmoid GATE = new ActivationHSigmoid();

    /** There is nothing to set. */
    public ActivationHSwish() {}

    /** In place. */
    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        return in.muli(GATE.getActivation(in.dup(), training));
    }

    @Override
    public Pair<INDArray, @Nullable INDArray> backprop(INDArray in, INDArray epsilon) {
        assertShape(in, epsilon);
        // the gate, and x times the gate's slope
        INDArray slope = ActivationHSigmoid.within(in).muli(in).divi(2 * ActivationHSigmoid.EDGE);
        slope.addi(GATE.getActivation(in.dup(), true));
        return new Pair<>(slope.muli(epsilon), null);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ActivationHSwish;
    }

    @Override
    public int hashCode() {
        return ActivationHSwish.class.hashCode();
    }

    @Override
    public String toString() {
        return "hswish";
    }
}
