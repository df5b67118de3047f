package org.rep4j.layers.run;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.rep4j.layers.block.SqueezeExcite;

/** Squeeze and excitation, forwards and backwards. */
final class SqueezeExciteRun {
    private final SqueezeExcite block;
    private final Layout layout;
    private final Parameters parameters;
    private final Kept kept;
    private INDArray input;
    private INDArray squeezed;
    private INDArray inner;
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
        INDArray hidden = means.mmul(parameters.get(block.down(), training));
        hidden.addiRowVector(parameters.get(block.downBias(), training));
        Transforms.relu(hidden, false);
        INDArray logits = hidden.mmul(parameters.get(block.up(), training));
        logits.addiRowVector(parameters.get(block.upBias(), training));
        INDArray factors = Transforms.sigmoid(logits, false);
        if (training) {
            input = kept.hold(x);
            squeezed = kept.copy(means);
            inner = kept.copy(hidden);
            gates = kept.copy(factors);
        }
        return layout.multiplyEach(x, factors, x.ulike());
    }

    INDArray backward(INDArray gradient) {
        INDArray product = gradient.ulike();
        gradient.muli(input, product);
        double area = layout.count(input) / input.size(0);
        INDArray ofLogits = layout.meanOfEach(product).muli(area).muli(gates).muli(gates.rsub(1));
        learn(block.up(), block.upBias(), inner, ofLogits);
        INDArray ofInner = ofLogits.mmul(parameters.get(block.up(), true).transpose());
        ofInner.muli(inner.gt(0).castTo(inner.dataType()));
        learn(block.down(), block.downBias(), squeezed, ofInner);
        INDArray ofSqueezed = ofInner.mmul(parameters.get(block.down(), true).transpose());
        return layout.addEach(layout.multiplyEach(gradient, gates, product), ofSqueezed.divi(area));
    }

    private void learn(String weights, String bias, INDArray x, INDArray gradient) {
        parameters.gradient(weights).assign(x.transpose().mmul(gradient));
        parameters.gradient(bias).assign(gradient.sum(0));
    }
}
