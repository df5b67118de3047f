package org.rep4j.layers.run;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.FilterStep;

/** A depthwise convolution whose kernel is not learned. */
final class FilterRun implements StepRun, Parameters {
    private final FilterStep step;
    private final ConvolutionRun convolution;
    private @Nullable INDArray kernel;

    FilterRun(FilterStep step, Layout layout, Kept kept) {
        this.step = step;
        int groups = Math.toIntExact(step.channels());
        this.convolution = new ConvolutionRun(
                ConvolutionStep.unbiased("filter", groups, groups, groups, step.window()), layout, this, kept);
    }

    @Override
    public INDArray forward(INDArray x, boolean training) {
        kernel = step.weights(x.dataType());
        return convolution.forward(x, training);
    }

    @Override
    public INDArray backward(INDArray gradient) {
        kernel = step.weights(gradient.dataType());
        return convolution.backward(gradient);
    }

    @Override
    public INDArray get(String name, boolean training) {
        return Objects.requireNonNull(kernel, name);
    }

    /** A place for what nobody reads. */
    @Override
    public INDArray gradient(String name) {
        return get(name, true).ulike();
    }
}
