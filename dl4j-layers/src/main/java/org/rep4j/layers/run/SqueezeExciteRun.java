package org.rep4j.layers.run;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.block.SqueezeExcite;

/** Squeeze and excitation, forwards and backwards. */
final class SqueezeExciteRun {
    private final SqueezeExcite block;
    private final Layout layout;
    private final Parameters parameters;
    private final Kept kept;
    private INDArray input;
    private INDArray squeezed;
    private INDArray sums;
    private INDArray inner;
    private INDArray logits;
    private INDArray gates;

    @SuppressWarnings("NullAway.Init") // a training pass sets them before anything goes backwards
    SqueezeExciteRun(SqueezeExcite block, Layout layout, Parameters parameters, Kept kept) {
        this.block = block;
        this.layout = layout;
        this.parameters = parameters;
        this.kept = kept;
    }

    INDArray forward(INDArray x, boolean training) {
        INDArray means = layout.meanOfEach(x);
        INDArray beforeBetween = means.mmul(parameters.get(block.down(), training));
        beforeBetween.addiRowVector(parameters.get(block.downBias(), training));
        INDArray hidden = block.between().getActivation(beforeBetween.dup(), training); // activations work in place
        INDArray beforeGate = hidden.mmul(parameters.get(block.up(), training));
        beforeGate.addiRowVector(parameters.get(block.upBias(), training));
        INDArray factors = block.gate().getActivation(beforeGate.dup(), training);
        if (training) {
            input = kept.hold(x);
            squeezed = kept.copy(means);
            sums = kept.copy(beforeBetween);
            inner = kept.copy(hidden);
            logits = kept.copy(beforeGate);
            gates = kept.copy(factors);
        }
        return layout.multiplyEach(x, factors, x.ulike());
    }

    INDArray backward(INDArray gradient) {
        INDArray product = gradient.ulike();
        gradient.muli(input, product);
        double area = layout.count(input) / input.size(0);
        INDArray ofGates = layout.meanOfEach(product).muli(area);
        INDArray ofLogits = block.gate().backprop(logits, ofGates).getFirst();
        learn(block.up(), block.upBias(), inner, ofLogits);
        INDArray ofInner = ofLogits.mmul(parameters.get(block.up(), true).transpose());
        INDArray ofSums = block.between().backprop(sums, ofInner).getFirst();
        learn(block.down(), block.downBias(), squeezed, ofSums);
        INDArray ofSqueezed = ofSums.mmul(parameters.get(block.down(), true).transpose());
        return layout.addEach(layout.multiplyEach(gradient, gates, product), ofSqueezed.divi(area));
    }

    private void learn(String weights, String bias, INDArray x, INDArray gradient) {
        parameters.gradient(weights).assign(x.transpose().mmul(gradient));
        parameters.gradient(bias).assign(gradient.sum(0));
    }
}
