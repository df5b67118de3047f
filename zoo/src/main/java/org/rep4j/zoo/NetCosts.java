package org.rep4j.zoo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.FilterStep;
import org.rep4j.layers.block.Parameter;
import org.rep4j.layers.block.Parameter.Role;
import org.rep4j.layers.block.SqueezeExcite;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.SumStep;
import org.rep4j.layers.block.Window;

/**
 * What a net costs, known from its configuration: no parameter is allocated.
 *
 * @param parameters learned numbers, as papers count them
 * @param statistics means and variances of batch normalizations, which Deeplearning4j counts as parameters, too
 * @param multiplyAdds of convolutions and linear maps, for one image
 * @param memoryAccess elements that convolutions and linear maps read and write, for one image: input, weights, one bias per output channel, output
 */
public record NetCosts(long parameters, long statistics, long multiplyAdds, long memoryAccess) {
    private static final NetCosts NONE = new NetCosts(0, 0, 0, 0);

    /**
     * The costs of a configuration.
     *
     * @param input the type of its input
     */
    static NetCosts of(ComputationGraphConfiguration configuration, InputType input) {
        Map<String, InputType> types = new HashMap<>(configuration.getLayerActivationTypes(false, input));
        configuration.getNetworkInputs().forEach(name -> types.put(name, input));
        NetCosts costs = NONE;
        for (Map.Entry<String, GraphVertex> vertex : configuration.getVertices().entrySet()) {
            if (vertex.getValue() instanceof LayerVertex layer) {
                List<String> sources =
                        Objects.requireNonNull(configuration.getVertexInputs().get(vertex.getKey()));
                InputType type = Objects.requireNonNull(types.get(sources.get(0)));
                costs = costs.plus(of(layer.getLayerConf().getLayer(), type));
            }
        }
        return costs;
    }

    private static NetCosts of(Layer layer, InputType input) {
        if (layer instanceof RepBlock block) {
            InputTypeConvolutional image = (InputTypeConvolutional) input;
            return of(block.blueprint(), image.getHeight(), image.getWidth());
        }
        if (layer instanceof BatchNormalization norm) {
            return new NetCosts(2 * norm.getNOut(), 2 * norm.getNOut(), 0, 0);
        }
        if (layer instanceof ConvolutionLayer convolution) {
            InputTypeConvolutional from = (InputTypeConvolutional) input;
            InputTypeConvolutional to = (InputTypeConvolutional) layer.getOutputType(0, input);
            long taps = (long) convolution.getKernelSize()[0] * convolution.getKernelSize()[1];
            long perGroup = layer instanceof DepthwiseConvolution2D ? 1 : convolution.getNIn();
            return map(
                            taps * perGroup * convolution.getNOut(),
                            convolution.getNOut(),
                            convolution.getNIn() * from.getHeight() * from.getWidth(),
                            to.getHeight() * to.getWidth())
                    .withBias(convolution.hasBias() ? convolution.getNOut() : 0);
        }
        if (layer instanceof FeedForwardLayer maps && maps.getNOut() > 0) {
            return map(maps.getNIn() * maps.getNOut(), maps.getNOut(), maps.getNIn(), 1)
                    .withBias(layer.initializer().numParams(layer) - maps.getNIn() * maps.getNOut());
        }
        return NONE;
    }

    /**
     * A linear map.
     *
     * @param read elements of its input
     * @param places at which it is applied
     */
    private static NetCosts map(long weights, long outputs, long read, long places) {
        return new NetCosts(weights, 0, weights * places, read + weights + outputs + outputs * places);
    }

    private NetCosts withBias(long biases) {
        return new NetCosts(parameters + biases, statistics, multiplyAdds, memoryAccess);
    }

    private NetCosts plus(NetCosts other) {
        return new NetCosts(
                parameters + other.parameters,
                statistics + other.statistics,
                multiplyAdds + other.multiplyAdds,
                memoryAccess + other.memoryAccess);
    }

    private static NetCosts of(Blueprint blueprint, long... sizes) {
        NetCosts costs = NONE;
        for (Parameter parameter : blueprint.parameters()) {
            boolean learned = parameter.role() != Role.STATISTIC;
            costs = costs.plus(new NetCosts(learned ? parameter.length() : 0, learned ? 0 : parameter.length(), 0, 0));
        }
        for (Branch branch : blueprint.branches()) {
            costs = costs.plus(of(branch, sizes));
        }
        SqueezeExcite excite = blueprint.squeezeExcite();
        if (excite != null) {
            long weights = excite.channels() * excite.inner();
            costs = costs.plus(
                    map(weights, excite.inner(), excite.channels(), 1).work());
            costs = costs.plus(
                    map(weights, excite.channels(), excite.inner(), 1).work());
        }
        return costs;
    }

    private static NetCosts of(Branch branch, long... sizes) {
        NetCosts costs = NONE;
        long[] now = sizes;
        for (Step step : branch.steps()) {
            costs = costs.plus(work(step, now));
            now = step.outputSizes(now);
        }
        return costs;
    }

    private static NetCosts work(Step step, long... sizes) {
        if (step instanceof ConvolutionStep c) {
            return work(c.window(), c.in() / c.groups() * c.out(), c.in(), c.out(), sizes);
        }
        if (step instanceof FilterStep f) {
            return work(f.window(), f.channels(), f.channels(), f.channels(), sizes);
        }
        NetCosts costs = NONE;
        if (step instanceof SumStep sum) {
            for (Branch branch : sum.branches()) {
                costs = costs.plus(of(branch, sizes));
            }
        }
        return costs;
    }

    private static NetCosts work(Window window, long pairs, long in, long out, long... sizes) {
        long[] after = window.outputSizes(sizes);
        long taps = (long) window.kernel()[0] * window.kernel()[1];
        return map(taps * pairs, out, in * sizes[0] * sizes[1], after[0] * after[1])
                .work();
    }

    /** Without the parameters, which are counted apart. */
    private NetCosts work() {
        return new NetCosts(0, 0, multiplyAdds, memoryAccess);
    }
}
