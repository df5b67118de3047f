package org.rep4j.layers.deploy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.AvgPooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.graph.Layout;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.block.AveragePoolStep;
import org.rep4j.layers.block.BatchNormStep;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.FilterStep;
import org.rep4j.layers.block.ScaleStep;
import org.rep4j.layers.block.ShiftStep;
import org.rep4j.layers.block.SqueezeExcite;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.SumStep;
import org.rep4j.layers.block.Window;

/** Writes one block: an op for each step of its branches, their sum, and what comes behind that. */
final class BlockExport {
    private final ExportScope scope;
    private final Layout layout;
    private final Map<String, INDArray> parameters;

    /** @param parameters by name */
    BlockExport(ExportScope scope, Layout layout, Map<String, INDArray> parameters) {
        this.scope = scope;
        this.layout = layout;
        this.parameters = parameters;
    }

    /** Writes the block; returns what it makes of an image. */
    SDVariable write(RepBlock block, SDVariable input) {
        Blueprint blueprint = block.blueprint();
        SDVariable result = sum(blueprint.branches(), input);
        BatchNormStep normalization = blueprint.normalization();
        if (normalization != null) {
            result = normalized(normalization, result);
        }
        SqueezeExcite excite = blueprint.squeezeExcite();
        if (excite != null && !excite.behindActivation()) {
            result = excited(excite, result);
        }
        result = new ActivationExport(scope)
                .write(block.getActivationFn(), new Signal(result, 4))
                .variable();
        return excite != null && excite.behindActivation() ? excited(excite, result) : result;
    }

    private SDVariable sum(List<Branch> branches, SDVariable input) {
        SDVariable sum = chain(branches.get(0), input);
        for (Branch branch : branches.subList(1, branches.size())) {
            SDVariable other = chain(branch, input);
            sum = scope.named("sum", branch.subtracted() ? sum.sub(other) : sum.add(other));
        }
        return sum;
    }

    private SDVariable chain(Branch branch, SDVariable input) {
        SDVariable value = input;
        for (Step step : branch.steps()) {
            value = step(step, value);
        }
        return value;
    }

    private SDVariable step(Step step, SDVariable input) {
        if (step instanceof ConvolutionStep convolution) {
            return convolution(convolution, input);
        }
        if (step instanceof BatchNormStep normalization) {
            return normalized(normalization, input);
        }
        if (step instanceof AveragePoolStep pool) {
            return pooled(pool, input);
        }
        if (step instanceof FilterStep filter) {
            return filtered(filter, input);
        }
        if (step instanceof ScaleStep scale) {
            SDVariable factors = scope.constant(scale.name() + "Factors", perChannel(parameter(scale.name())));
            return scope.named(scale.name(), input.mul(factors));
        }
        if (step instanceof ShiftStep shift) {
            SDVariable summands = scope.constant(shift.name() + "Summands", perChannel(parameter(shift.name())));
            return scope.named(shift.name(), input.add(summands));
        }
        return sum(((SumStep) step).branches(), input);
    }

    private SDVariable filtered(FilterStep filter, SDVariable input) {
        Window window = filter.window();
        return new ConvolutionExport(scope, layout, input, window.axes(), window.same())
                .depthwise(filter.weights(scope.type()), null);
    }

    private INDArray parameter(String name) {
        return Objects.requireNonNull(parameters.get(name), name);
    }

    /** One number per channel, with the axes to go with an image. */
    private INDArray perChannel(INDArray array) {
        return layout == Layout.CHANNELS_FIRST
                ? array.reshape(1, array.length(), 1, 1)
                : array.reshape(1, 1, 1, array.length());
    }

    private SDVariable convolution(ConvolutionStep step, SDVariable input) {
        List<ConvAxis> axes = step.window().axes();
        ConvolutionExport export =
                new ConvolutionExport(scope, layout, input, axes, step.window().same());
        INDArray weights = parameter(step.weight());
        @Nullable INDArray bias = step.hasBias() ? parameter(step.biasName()) : null;
        if (step.isDepthwise()) {
            return export.depthwise(weights, bias);
        }
        return step.groups() > 1 ? export.grouped(weights, bias) : export.dense(weights, bias);
    }

    /** The border that a batch normalization adds is what it makes of zeros: so those are there before it. */
    private SDVariable normalized(BatchNormStep step, SDVariable input) {
        ConvAxis border = new ConvAxis(1, 1, 1, step.border(), step.border());
        SDVariable bordered = new BorderExport(scope).around(input, layout, List.of(border, border));
        return new BatchNormExport(scope)
                .write(
                        bordered,
                        Math.floorMod(layout.channelAxis(), 4),
                        step.eps(),
                        parameter(step.gamma()),
                        parameter(step.beta()),
                        parameter(step.mean()),
                        parameter(step.variance()));
    }

    private SDVariable pooled(AveragePoolStep pool, SDVariable input) {
        ConvAxis rows = pool.window().axes().get(0);
        ConvAxis columns = pool.window().axes().get(1);
        Pooling2DConfig config = Pooling2DConfig.builder()
                .kH(rows.kernel())
                .kW(columns.kernel())
                .sH(rows.stride())
                .sW(columns.stride())
                .pH(rows.padBegin())
                .pW(columns.padBegin())
                .extra(1) // what pads the image counts
                .paddingMode(PaddingMode.VALID)
                .isNHWC(layout == Layout.CHANNELS_LAST)
                .build();
        return scope.named("pooled", new AvgPooling2D(scope.graph(), input, config).outputVariable());
    }

    /** The linear maps are convolutions of the means, which are images of one element: nothing has to change its shape. */
    private SDVariable excited(SqueezeExcite excite, SDVariable input) {
        int rows = layout.spatialAxis(0);
        SDVariable squeezed = scope.named("squeezed", input.mean(true, rows, rows + 1));
        ActivationExport activations = new ActivationExport(scope);
        Signal inner = new Signal(linear(excite.down(), excite.downBias(), squeezed), 4);
        SDVariable between = activations.write(excite.between(), inner).variable();
        Signal logits = new Signal(linear(excite.up(), excite.upBias(), between), 4);
        SDVariable gates = activations.write(excite.gate(), logits).variable();
        return scope.named("excited", input.mul(gates));
    }

    private SDVariable linear(String weights, String bias, SDVariable input) {
        INDArray matrix = parameter(weights);
        List<ConvAxis> pointwise = List.of(ConvAxis.pointwise(1), ConvAxis.pointwise(1));
        return new ConvolutionExport(scope, layout, input, pointwise, false)
                .dense(matrix.reshape(1, 1, matrix.size(0), matrix.size(1)), parameter(bias));
    }
}
