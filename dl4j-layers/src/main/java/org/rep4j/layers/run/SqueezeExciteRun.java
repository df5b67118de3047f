package org.rep4j.layers.run;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.block.SqueezeExcite;

/** Squeeze and excitation, forwards and backwards. */
final class SqueezeExciteRun {
    private final SqueezeExcite block;
    private final Layout layout;
    private final Parameters parameters;
    private INDArray input;
    private INDArray squeezed;
    private INDArray sums;
    private INDArray inner;
    private INDArray logits;
    private INDArray gates;

    @SuppressWarnings("NullAway.Init") // a forward pass sets them before anything goes backwards
    SqueezeExciteRun(SqueezeExcite block, Layout layout, Parameters parameters) {
        this.block = block;
        this.layout = layout;
        this.parameters = parameters;
    }

    INDArray forward(INDArray x, boolean training) {
        input = x;
        squeezed = layout.sumOfEach(x).divi(area());
        sums = squeezed.mmul(parameters.get(block.down(), training));
        sums.addiRowVector(parameters.get(block.downBias(), training));
        inner = block.between().getActivation(sums.dup(), training); // activations work in place
        logits = inner.mmul(parameters.get(block.up(), training));
        logits.addiRowVector(parameters.get(block.upBias(), training));
        gates = block.gate().getActivation(logits.dup(), training);
        return layout.multiplyEach(x, gates, x.ulike());
    }

    private double area() {
        long[] sizes = layout.sizes(input);
        return (double) sizes[0] * sizes[1];
    }

    INDArray backward(INDArray gradient) {
        INDArray product = gradient.ulike();
        gradient.muli(input, product);
        INDArray ofLogits =
                block.gate().backprop(logits, layout.sumOfEach(product)).getFirst();
        learn(block.up(), block.upBias(), inner, ofLogits);
        INDArray ofInner = ofLogits.mmul(parameters.get(block.up(), true).transpose());
        INDArray ofSums = block.between().backprop(sums, ofInner).getFirst();
        learn(block.down(), block.downBias(), squeezed, ofSums);
        INDArray ofSqueezed = ofSums.mmul(parameters.get(block.down(), true).transpose());
        return layout.addEach(layout.multiplyEach(gradient, gates, product), ofSqueezed.divi(area()));
    }

    private void learn(String weights, String bias, INDArray x, INDArray gradient) {
        parameters.gradient(weights).assign(x.transpose().mmul(gradient));
        parameters.gradient(bias).assign(gradient.sum(0));
    }
}
