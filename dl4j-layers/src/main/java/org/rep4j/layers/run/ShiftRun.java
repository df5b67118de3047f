package org.rep4j.layers.run;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.block.ShiftStep;

/** Adds to channels. */
final class ShiftRun implements StepRun {
    private final ShiftStep step;
    private final Layout layout;
    private final Parameters parameters;

    ShiftRun(ShiftStep step, Layout layout, Parameters parameters) {
        this.step = step;
        this.layout = layout;
        this.parameters = parameters;
    }

    @Override
    public INDArray forward(INDArray x, boolean training) {
        return layout.add(x.dup('c'), parameters.get(step.name(), training));
    }

    @Override
    public INDArray backward(INDArray gradient) {
        parameters.gradient(step.name()).assign(layout.sum(gradient));
        return gradient;
    }
}
