package org.rep4j.layers.run;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.rep4j.layers.block.BatchNormStep;

/**
 * Normalizes with the batch's statistics in training (Ioffe and Szegedy, 2015, algorithm 1) and with the running averages otherwise.
 * As in Deeplearning4j's own layer the averages are updated by what the updater subtracts, which adds up when gradients are shared.
 */
final class BatchNormRun implements StepRun {
    private final BatchNormStep step;
    private final Layout layout;
    private final Parameters parameters;
    private final Kept kept;
    private final Margins border;
    private INDArray normalized;
    private INDArray inverseDeviation;
    private INDArray batchMean;
    private INDArray batchVariance;

    @SuppressWarnings("NullAway.Init") // a training pass sets them before anything goes backwards
    BatchNormRun(BatchNormStep step, Layout layout, Parameters parameters, Kept kept) {
        this.step = step;
        this.layout = layout;
        this.parameters = parameters;
        this.kept = kept;
        this.border = new Margins(layout, step.border(), step.border(), step.border(), step.border());
    }

    @Override
    public INDArray forward(INDArray x, boolean training) {
        INDArray scale = parameters.get(step.gamma(), training);
        INDArray shift = parameters.get(step.beta(), training);
        INDArray result;
        if (training) {
            result = x.ulike();
            normalize(x, result);
            layout.add(layout.multiply(normalized, scale, result), shift);
        } else {
            INDArray factor = scale.div(runningDeviation());
            INDArray constant = shift.sub(parameters.get(step.mean(), false).mul(factor));
            result = layout.add(layout.multiply(x, factor, x.ulike()), constant);
        }
        return border.areEmpty() ? result : withBorder(result, training);
    }

    private void normalize(INDArray x, INDArray squares) {
        batchMean = kept.copy(layout.mean(x));
        normalized = layout.subtract(x, batchMean, kept.like(x));
        batchVariance = kept.copy(layout.mean(normalized.muli(normalized, squares)));
        inverseDeviation =
                kept.copy(Transforms.sqrt(batchVariance.add(step.eps()), false).rdivi(1));
        layout.multiply(normalized, inverseDeviation, normalized);
    }

    private INDArray runningDeviation() {
        return Transforms.sqrt(parameters.get(step.variance(), false).add(step.eps()), false);
    }

    /** What zeros become with the running averages: also in training, so that the border is the one that is deployed. */
    private INDArray withBorder(INDArray inner, boolean training) {
        INDArray result = border.around(inner);
        INDArray zero = parameters
                .get(step.beta(), training)
                .sub(parameters.get(step.gamma(), training).mul(ofBorder()));
        layout.add(result, zero);
        border.inner(result).assign(inner);
        return result;
    }

    /** {@code μ / √(σ² + ε)} of the running averages. */
    private INDArray ofBorder() {
        return parameters.get(step.mean(), false).div(runningDeviation());
    }

    @Override
    public INDArray backward(INDArray gradient) {
        INDArray inner = border.areEmpty() ? gradient : border.inner(gradient).dup('c');
        INDArray shift = layout.mean(inner);
        INDArray product = inner.mul(normalized);
        INDArray scale = layout.mean(product);

        // γ/√(σ²+ε) · (dy − mean(dy) − x̂ · mean(dy · x̂))
        layout.multiply(normalized, scale, normalized);
        INDArray result = layout.subtract(inner, shift, product).subi(normalized);
        layout.multiply(result, parameters.get(step.gamma(), true).mul(inverseDeviation), result);

        shift.muli(layout.count(inner));
        scale.muli(layout.count(inner));
        if (!border.areEmpty()) {
            INDArray outside = layout.sum(gradient).subi(shift);
            shift.addi(outside);
            scale.subi(outside.muli(ofBorder()));
        }
        parameters.gradient(step.gamma()).assign(scale);
        parameters.gradient(step.beta()).assign(shift);
        average(step.mean(), batchMean);
        average(step.variance(), batchVariance);
        return result;
    }

    /** {@code average ← decay · average + (1 − decay) · batch}, as what is to be subtracted. */
    private void average(String name, INDArray batch) {
        INDArray update = parameters.gradient(name);
        parameters.get(name, false).subi(batch, update);
        update.muli(1 - step.decay());
    }
}
