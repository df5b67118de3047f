package org.rep4j.layers.run;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.block.ScaleStep;

/** Multiplies channels. */
final class ScaleRun implements StepRun {
    private final ScaleStep step;
    private final Layout layout;
    private final Parameters parameters;
    private final Kept kept;
    private INDArray input;

    @SuppressWarnings("NullAway.Init") // there is an input before anything goes backwards
    ScaleRun(ScaleStep step, Layout layout, Parameters parameters, Kept kept) {
        this.step = step;
        this.layout = layout;
        this.parameters = parameters;
        this.kept = kept;
    }

    @Override
    public INDArray forward(INDArray x, boolean training) {
        if (training) {
            input = kept.hold(x);
        }
        return layout.multiply(x, parameters.get(step.name(), training), x.ulike());
    }

    @Override
    public INDArray backward(INDArray gradient) {
        INDArray product = gradient.ulike();
        gradient.muli(input, product);
        parameters.gradient(step.name()).assign(layout.sum(product));
        return layout.multiply(gradient, parameters.get(step.name(), true), product);
    }
}
