package org.rep4j.layers.run;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.layers.block.AveragePoolStep;

/** The mean of each window. */
final class AveragePoolRun implements StepRun {
    private final AveragePoolStep step;
    private final Layout layout;
    private long[] inputShape = new long[4];

    AveragePoolRun(AveragePoolStep step, Layout layout) {
        this.step = step;
        this.layout = layout;
    }

    @Override
    public INDArray forward(INDArray x, boolean training) {
        inputShape = x.shape();
        INDArray result = Nd4j.createUninitialized(
                x.dataType(), layout.shape(x.size(0), step.channels(), step.outputSizes(layout.sizes(x))));
        Nd4j.exec(op("avgpool2d", x).addOutputs(result).build());
        return result;
    }

    @Override
    public INDArray backward(INDArray gradient) {
        INDArray input = Nd4j.createUninitialized(gradient.dataType(), inputShape); // asked for its shape only
        INDArray result = input.ulike();
        Nd4j.exec(op("avgpool2d_bp", input, gradient).addOutputs(result).build());
        return result;
    }

    /** Kernel, stride, padding, dilation; no SAME; 1 for counting what is padded; layout. */
    private DynamicCustomOp.DynamicCustomOpsBuilder op(String name, INDArray... inputs) {
        List<ConvAxis> axes = step.window().axes();
        return DynamicCustomOp.builder(name)
                .addInputs(inputs)
                .addIntegerArguments(
                        axes.get(0).kernel(),
                        axes.get(1).kernel(),
                        axes.get(0).stride(),
                        axes.get(1).stride(),
                        axes.get(0).padBegin(),
                        axes.get(1).padBegin(),
                        1,
                        1,
                        0,
                        1,
                        layout.number());
    }
}
