package org.rep4j.zoo;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.layers.GroupedConvolution;
import org.rep4j.layers.RepConvolution;
import org.rep4j.layers.SqueezeExcitation;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.SqueezeExcite;

/** Writes what a block is when deployed: a convolution, squeeze and excitation if it has some, its activation. */
final class PlainForm {
    private final NetPlan plan;
    private final String vertex;
    private final RepConvolution block;
    private final BlockNames names;

    PlainForm(NetPlan plan, String vertex, RepConvolution block, BlockNames names) {
        this.plan = plan;
        this.vertex = vertex;
        this.block = block;
        this.names = names;
    }

    /** Adds the layers; the last of them has the block's name, which is returned. */
    String add(String input) {
        SqueezeExcite excite = block.blueprint().squeezeExcite();
        IActivation activation = block.getActivationFn();
        if (excite == null) {
            return convolution(vertex, activation, input);
        }
        if (excite.behindActivation()) {
            return excited(vertex, excite, convolution(vertex + "/activated", activation, input));
        }
        String linear = convolution(vertex + "/linear", new ActivationIdentity(), input);
        String excited = excited(vertex + "/excited", excite, linear);
        return plan.plain(vertex, new ActivationLayer(activation), excited);
    }

    private String excited(String name, SqueezeExcite excite, String input) {
        SqueezeExcitation layer = new SqueezeExcitation.Builder(excite.inner())
                .nIn(excite.channels())
                .nOut(excite.channels())
                .between(excite.between())
                .gate(excite.gate())
                .build();
        return plan.layer(name, layer, (v, l) -> names.squeezeExcite(v, excite), input);
    }

    private String convolution(String name, IActivation activation, String input) {
        ConvolutionStep step = block.deployed();
        String module = names.module() + "." + names.deployed();
        return step.groups() > 1 && !step.isDepthwise()
                ? plan.layer(
                        name, grouped(step, activation), (v, l) -> grouped(v, (GroupedConvolution) l, module), input)
                : plan.layer(name, plain(step, activation), module, input);
    }

    private static List<Binding> grouped(String vertex, GroupedConvolution layer, String module) {
        List<Binding> bindings = new ArrayList<>();
        layer.blueprint()
                .branches()
                .get(0)
                .steps()
                .forEach(step -> bindings.addAll(BlockNames.convolution(vertex, (ConvolutionStep) step, module)));
        return bindings;
    }

    private static GroupedConvolution grouped(ConvolutionStep step, IActivation activation) {
        ConvAxis rows = step.window().axes().get(0);
        ConvAxis columns = step.window().axes().get(1);
        return new GroupedConvolution.Builder()
                .kernelSize(rows.kernel(), columns.kernel())
                .stride(rows.stride(), columns.stride())
                .dilation(rows.dilation(), columns.dilation())
                .padding(rows.padBegin(), columns.padBegin())
                .convolutionMode(step.window().same() ? ConvolutionMode.Same : ConvolutionMode.Truncate)
                .groups(step.groups())
                .nIn(step.in())
                .nOut(step.out())
                .activation(activation)
                .build();
    }

    private static Layer plain(ConvolutionStep step, IActivation activation) {
        if (step.isDepthwise()) {
            DepthwiseConvolution2D.Builder builder =
                    new DepthwiseConvolution2D.Builder().depthMultiplier(Math.toIntExact(step.out() / step.in()));
            return configured(builder, step, activation).build();
        }
        return configured(new ConvolutionLayer.Builder(), step, activation).build();
    }

    private static <T extends ConvolutionLayer.BaseConvBuilder<T>> T configured(
            T builder, ConvolutionStep step, IActivation activation) {
        ConvAxis rows = step.window().axes().get(0);
        ConvAxis columns = step.window().axes().get(1);
        builder.setKernelSize(new int[] {rows.kernel(), columns.kernel()});
        builder.setStride(new int[] {rows.stride(), columns.stride()});
        builder.setDilation(new int[] {rows.dilation(), columns.dilation()});
        builder.setPadding(new int[] {rows.padBegin(), columns.padBegin()});
        builder.convolutionMode(step.window().same() ? ConvolutionMode.Same : ConvolutionMode.Truncate);
        return builder.nIn(step.in()).nOut(step.out()).activation(activation);
    }
}
