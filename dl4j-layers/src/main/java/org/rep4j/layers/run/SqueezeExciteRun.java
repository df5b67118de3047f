package org.rep4j.layers.run;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.rep4j.layers.block.SqueezeExcite;

/** Squeeze and excitation, forwards and backwards. */
final class SqueezeExciteRun {
    private final SqueezeExcite block;
    private final Layout layout;
    private final Parameters parameters;
    private INDArray input;
    private INDArray squeezed;
    private INDArray inner;
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
        inner = squeezed.mmul(parameters.get(block.down(), training));
        inner.addiRowVector(parameters.get(block.downBias(), training));
        Transforms.relu(inner, false);
        INDArray logits = inner.mmul(parameters.get(block.up(), training));
        logits.addiRowVector(parameters.get(block.upBias(), training));
        gates = Transforms.sigmoid(logits, false);
        return layout.multiplyEach(x, gates, x.ulike());
    }

    private double area() {
        long[] sizes = layout.sizes(input);
        return (double) sizes[0] * sizes[1];
    }

    INDArray backward(INDArray gradient) {
        INDArray product = gradient.ulike();
        gradient.muli(input, product);
        INDArray ofLogits = layout.sumOfEach(product).muli(gates).muli(gates.rsub(1));
        learn(block.up(), block.upBias(), inner, ofLogits);
        INDArray ofInner = ofLogits.mmul(parameters.get(block.up(), true).transpose());
        ofInner.muli(inner.gt(0).castTo(inner.dataType()));
        learn(block.down(), block.downBias(), squeezed, ofInner);
        INDArray ofSqueezed = ofInner.mmul(parameters.get(block.down(), true).transpose());
        return layout.addEach(layout.multiplyEach(gradient, gates, product), ofSqueezed.divi(area()));
    }

    private void learn(String weights, String bias, INDArray x, INDArray gradient) {
        parameters.gradient(weights).assign(x.transpose().mmul(gradient));
        parameters.gradient(bias).assign(gradient.sum(0));
    }
}
