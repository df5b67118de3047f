package org.rep4j.layers.run;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.layers.block.ConvolutionStep;

/**
 * A convolution by ND4J's native operations, which oneDNN takes over where it is there. Taps that lie apart get zeros between them,
 * since oneDNN refuses dilations; padding that is not the same on both sides is added to the image.
 */
final class ConvolutionRun implements StepRun {
    private final ConvolutionStep step;
    private final Layout layout;
    private final Parameters parameters;
    private final int[] dilation;
    private final Kept kept;
    private INDArray input;
    private Margins margins;

    @SuppressWarnings("NullAway.Init") // a forward pass sets them before anything goes backwards
    ConvolutionRun(ConvolutionStep step, Layout layout, Parameters parameters, Kept kept) {
        this.step = step;
        this.layout = layout;
        this.parameters = parameters;
        this.kept = kept;
        this.dilation =
                step.window().axes().stream().mapToInt(ConvAxis::dilation).toArray();
    }

    @Override
    public INDArray forward(INDArray x, boolean training) {
        List<ConvAxis> axes = step.window().on(layout.sizes(x)).axes();
        ConvAxis rows = axes.get(0);
        ConvAxis columns = axes.get(1);
        boolean even = rows.padBegin() == rows.padEnd() && columns.padBegin() == columns.padEnd();
        margins = even && rows.padBegin() >= 0 && columns.padBegin() >= 0
                ? new Margins(layout, 0, 0, 0, 0)
                : new Margins(layout, rows.padBegin(), rows.padEnd(), columns.padBegin(), columns.padEnd());
        input = training ? kept.hold(x) : x;
        INDArray padded = padded();
        INDArray kernel = dense(parameters.get(step.weight(), training));
        INDArray[] results = new INDArray[ops()];
        for (int g = 0; g < results.length; g++) {
            results[g] = convolved(part(padded, g, step.in()), kernel(kernel, g), bias(g, training));
        }
        return results.length == 1 ? results[0] : layout.joined(results);
    }

    private INDArray padded() {
        return margins.areEmpty() ? input : margins.around(input);
    }

    private int ops() {
        return isOneOp() ? 1 : step.groups();
    }

    private boolean isOneOp() {
        return step.groups() == 1 || step.isDepthwise();
    }

    private INDArray part(INDArray image, int group, long channels) {
        if (isOneOp()) {
            return image;
        }
        long width = channels / step.groups();
        return layout.channels(image, group * width, (group + 1) * width).dup('c');
    }

    private INDArray kernel(INDArray all, int group) {
        return isOneOp() ? all : Groups.kernel(all, group);
    }

    private static INDArray[] arrays(INDArray x, INDArray weights, INDArray... bias) {
        return bias.length == 0 ? new INDArray[] {x, weights} : new INDArray[] {x, weights, bias[0]};
    }

    private INDArray[] biasGradient(int group) {
        return step.hasBias() ? new INDArray[] {biasOf(group, parameters.gradient(step.biasName()))} : new INDArray[0];
    }

    private INDArray[] bias(int group, boolean training) {
        if (!step.hasBias()) {
            return new INDArray[0];
        }
        return new INDArray[] {biasOf(group, parameters.get(step.biasName(), training))};
    }

    private INDArray biasOf(int group, INDArray all) {
        long width = step.out() / step.groups();
        return isOneOp() ? all : all.get(NDArrayIndex.interval(group * width, (group + 1) * width));
    }

    private INDArray convolved(INDArray x, INDArray weights, INDArray... bias) {
        long out = isOneOp() ? step.out() : step.out() / step.groups();
        long[] sizes = step.outputSizes(layout.sizes(input));
        INDArray result = Nd4j.createUninitialized(x.dataType(), layout.shape(x.size(0), out, sizes));
        Nd4j.exec(op("", arrays(x, weights, bias)).addOutputs(result).build());
        return result;
    }

    /** Kernel, stride, padding, dilation; no SAME; layout; taps first. */
    private DynamicCustomOp.DynamicCustomOpsBuilder op(String suffix, INDArray... inputs) {
        List<ConvAxis> axes = step.window().on(layout.sizes(input)).axes();
        boolean padded = margins.areEmpty();
        return DynamicCustomOp.builder((step.isDepthwise() ? "depthwise_conv2d" : "conv2d") + suffix)
                .addInputs(inputs)
                .addIntegerArguments(
                        axes.get(0).span() + 1,
                        axes.get(1).span() + 1,
                        axes.get(0).stride(),
                        axes.get(1).stride(),
                        padded ? axes.get(0).padBegin() : 0,
                        padded ? axes.get(1).padBegin() : 0,
                        1,
                        1,
                        0,
                        layout.number(),
                        0);
    }

    @Override
    public INDArray backward(INDArray gradient) {
        INDArray padded = padded();
        INDArray kernel = dense(parameters.get(step.weight(), true));
        INDArray ofKernel = isDilated() ? kernel.ulike() : parameters.gradient(step.weight());
        INDArray[] results = new INDArray[ops()];
        for (int g = 0; g < results.length; g++) {
            INDArray part = part(padded, g, step.in());
            results[g] = part.ulike();
            INDArray[] inputs = arrays(part, kernel(kernel, g), bias(g, true));
            INDArray[] all = Arrays.copyOf(inputs, inputs.length + 1);
            all[inputs.length] = part(gradient, g, step.out());
            INDArray[] outputs = arrays(results[g], kernel(ofKernel, g), biasGradient(g));
            Nd4j.exec(op("_bp", all).addOutputs(outputs).build());
        }
        if (isDilated()) {
            parameters.gradient(step.weight()).assign(taps(ofKernel));
        }
        INDArray result = results.length == 1 ? results[0] : layout.joined(results);
        return margins.areEmpty() ? result : margins.within(result, layout.sizes(input));
    }

    private boolean isDilated() {
        return dilation[0] > 1 || dilation[1] > 1;
    }

    /** The kernel with zeros between its taps. */
    private INDArray dense(INDArray weights) {
        if (!isDilated()) {
            return weights;
        }
        long[] dims = weights.shape().clone();
        int first = tapAxis();
        for (int i = 0; i < 2; i++) {
            dims[first + i] = (dims[first + i] - 1) * dilation[i] + 1;
        }
        INDArray result = Nd4j.create(weights.dataType(), dims);
        taps(result).assign(weights);
        return result;
    }

    /** The taps among the zeros. */
    private INDArray taps(INDArray dense) {
        INDArrayIndex[] region = new INDArrayIndex[dense.rank()];
        Arrays.fill(region, NDArrayIndex.all());
        int first = tapAxis();
        for (int i = 0; i < 2; i++) {
            region[first + i] = NDArrayIndex.interval(0, dilation[i], dense.size(first + i));
        }
        return dense.get(region);
    }

    private int tapAxis() {
        return isOneOp() ? 0 : 1;
    }
}
