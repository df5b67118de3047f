package org.rep4j.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.layers.block.AveragePoolStep;
import org.rep4j.layers.block.BatchNormStep;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.FilterStep;
import org.rep4j.layers.block.ScaleStep;
import org.rep4j.layers.block.ShiftStep;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.SumStep;
import org.rep4j.layers.block.Window;

/** Writes a block as vertices of Deeplearning4j's own, NCHW: an independent implementation of all that it does in training. */
final class PlainTwin {
    /** As l2 of what shall not decay: 0 would be the net's, which Deeplearning4j applies to frozen layers with backpropagation, too. */
    private static final double NO_DECAY = Double.MIN_NORMAL;

    private final GraphBuilder builder;
    private final String block;
    private final List<Pair> pairs = new ArrayList<>();
    private final Map<String, INDArray> constants = new LinkedHashMap<>();
    private int vertices;

    PlainTwin(GraphBuilder builder, String block) {
        this.builder = builder;
        this.block = block;
    }

    /** A parameter of the block, or a part of it, and the one of the twin that is the same. */
    private record Pair(String own, View view, String vertex, String name) {}

    private interface View {
        /** The block's parameter as the twin has it. */
        INDArray of(INDArray own);
    }

    /**
     * Whether Deeplearning4j has vertices for all that a block does. It has none for borders of what batch normalizations make of zeros, and of
     * depthwise convolutions with a bias it decays the wrong numbers: they come in one order in the vector of all parameters, and in another one in
     * the layer's list.
     */
    static boolean exists(Blueprint blueprint) {
        return blueprint.squeezeExcite() == null && exists(blueprint.branches());
    }

    private static boolean exists(List<Branch> branches) {
        return branches.stream().flatMap(branch -> branch.steps().stream()).allMatch(PlainTwin::exists);
    }

    private static boolean exists(Step step) {
        if (step instanceof ConvolutionStep convolution) {
            return !(convolution.isDepthwise() && convolution.hasBias());
        }
        return step instanceof BatchNormStep norm
                ? norm.border() == 0
                : !(step instanceof SumStep sum) || exists(sum.branches());
    }

    /** Adds the twin; its last vertex is called as the block is. */
    void add(RepBlock layer, String input) {
        Blueprint blueprint = layer.blueprint();
        String result = sum(blueprint.branches(), input);
        if (blueprint.normalization() != null) {
            result = step(blueprint.normalization(), result);
        }
        builder.addLayer(block, new ActivationLayer(layer.getActivationFn()), result);
    }

    private String fresh(String what) {
        return block + "/" + what + vertices++;
    }

    private String sum(List<Branch> branches, String input) {
        String result = chain(branches.get(0), input);
        for (Branch branch : branches.subList(1, branches.size())) {
            String other = chain(branch, input);
            String name = fresh("sum");
            ElementWiseVertex.Op op = branch.subtracted() ? ElementWiseVertex.Op.Subtract : ElementWiseVertex.Op.Add;
            builder.addVertex(name, new ElementWiseVertex(op), result, other);
            result = name;
        }
        return result;
    }

    private String chain(Branch branch, String input) {
        String result = input;
        List<Step> steps = branch.steps();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof ScaleStep scale) {
                boolean shifts = i + 1 < steps.size() && steps.get(i + 1) instanceof ShiftStep;
                result = perChannel(scale, shifts ? ((ShiftStep) steps.get(i + 1)).name() : null, result);
                i += shifts ? 1 : 0;
            } else {
                result = step(steps.get(i), result);
            }
        }
        return result;
    }

    private String step(Step step, String input) {
        if (step instanceof ConvolutionStep convolution) {
            return convolution(convolution, input);
        }
        if (step instanceof BatchNormStep norm) {
            return normalized(norm, input);
        }
        if (step instanceof FilterStep filter) {
            Layer layer = depthwise(filter.window(), filter.channels(), filter.channels())
                    .hasBias(false)
                    .l2(NO_DECAY)
                    .build();
            String name = add("filter", new FrozenLayerWithBackprop(layer), input);
            constants.put(name, filter.weights(DataType.DOUBLE));
            return name;
        }
        if (step instanceof AveragePoolStep pool) {
            ConvAxis rows = pool.window().axes().get(0);
            ConvAxis columns = pool.window().axes().get(1);
            return add(
                    "pool",
                    new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                            .kernelSize(rows.kernel(), columns.kernel())
                            .stride(rows.stride(), columns.stride())
                            .padding(rows.padBegin(), columns.padBegin())
                            .avgPoolIncludePadInDivisor(true)
                            .build(),
                    input);
        }
        return sum(((SumStep) step).branches(), input);
    }

    private String normalized(BatchNormStep norm, String input) {
        String name = add(
                "norm",
                new BatchNormalization.Builder()
                        .eps(norm.eps())
                        .decay(norm.decay())
                        .useLogStd(false)
                        .build(),
                input);
        pair(norm.gamma(), name, "gamma");
        pair(norm.beta(), name, "beta");
        pair(norm.mean(), name, "mean");
        pair(norm.variance(), name, "var");
        return name;
    }

    /** Factors, and perhaps numbers that are added: a depthwise convolution of one tap. */
    private String perChannel(ScaleStep scale, @Nullable String shift, String input) {
        String name = add(
                "each",
                depthwise(Window.pointwise(1, 1), scale.channels(), scale.channels())
                        .hasBias(shift != null)
                        .l2(NO_DECAY)
                        .build(),
                input);
        pairs.add(new Pair(scale.name(), w -> w.reshape(1, 1, scale.channels(), 1), name, "W"));
        if (shift != null) {
            pair(shift, name, "b");
        }
        return name;
    }

    private String convolution(ConvolutionStep step, String input) {
        String cropped = cropped(step.window(), input);
        if (step.isDepthwise()) {
            String name = add(
                    "conv",
                    depthwise(step.window(), step.in(), step.out())
                            .hasBias(step.hasBias())
                            .build(),
                    cropped);
            pair(step.weight(), name, "W");
            pairBias(step, name, 0, step.out());
            return name;
        }
        if (step.groups() == 1) {
            return group(step, cropped, w -> w, 0);
        }
        long width = step.in() / step.groups();
        String[] parts = new String[step.groups()];
        for (int g = 0; g < parts.length; g++) {
            String part = part(cropped, g * width, width, step.in());
            int group = g;
            parts[g] = group(step, part, w -> w.dup('c').slice(group), g * step.out() / step.groups());
        }
        String name = fresh("groups");
        builder.addVertex(name, new MergeVertex(), parts);
        return name;
    }

    /** Some of the channels: a frozen convolution, because of channels of images a SubsetVertex tells no layer how many it takes. */
    private String part(String input, long first, long count, long channels) {
        ConvolutionLayer.Builder layer = configured(new ConvolutionLayer.Builder(), Window.pointwise(1, 1));
        String name = add(
                "part",
                new FrozenLayerWithBackprop(layer.nIn(channels)
                        .nOut(count)
                        .hasBias(false)
                        .l2(NO_DECAY)
                        .build()),
                input);
        INDArray weights = Nd4j.zeros(DataType.DOUBLE, count, channels, 1, 1);
        for (long i = 0; i < count; i++) {
            weights.putScalar(new long[] {i, first + i, 0, 0}, 1);
        }
        constants.put(name, weights);
        return name;
    }

    private String group(ConvolutionStep step, String input, View kernel, long first) {
        long out = step.out() / step.groups();
        ConvolutionLayer.Builder layer = configured(new ConvolutionLayer.Builder(), step.window());
        String name = add(
                "conv",
                layer.nIn(step.in() / step.groups())
                        .nOut(out)
                        .hasBias(step.hasBias())
                        .build(),
                input);
        pairs.add(new Pair(step.weight(), w -> kernel.of(w).permute(3, 2, 0, 1), name, "W"));
        pairBias(step, name, first, out);
        return name;
    }

    private void pairBias(ConvolutionStep step, String vertex, long first, long count) {
        if (step.hasBias()) {
            pairs.add(new Pair(
                    step.biasName(),
                    b -> b.reshape(b.length()).get(NDArrayIndex.interval(first, first + count)),
                    vertex,
                    "b"));
        }
    }

    /** What a window with negative padding leaves of an image. */
    private String cropped(Window window, String input) {
        int[] cut = window.axes().stream()
                .flatMapToInt(a -> IntStream.of(Math.max(0, -a.padBegin()), Math.max(0, -a.padEnd())))
                .toArray();
        return IntStream.of(cut).sum() == 0 ? input : add("part", new Cropping2D.Builder(cut).build(), input);
    }

    private static DepthwiseConvolution2D.Builder depthwise(Window window, long in, long out) {
        DepthwiseConvolution2D.Builder layer =
                new DepthwiseConvolution2D.Builder().depthMultiplier(Math.toIntExact(out / in));
        return configured(layer, window).nIn(in).nOut(out);
    }

    private static <T extends ConvolutionLayer.BaseConvBuilder<T>> T configured(T layer, Window window) {
        ConvAxis rows = window.axes().get(0);
        ConvAxis columns = window.axes().get(1);
        layer.setKernelSize(new int[] {rows.kernel(), columns.kernel()});
        layer.setStride(new int[] {rows.stride(), columns.stride()});
        layer.setDilation(new int[] {rows.dilation(), columns.dilation()});
        layer.setPadding(new int[] {Math.max(0, rows.padBegin()), Math.max(0, columns.padBegin())});
        layer.convolutionMode(window.same() ? ConvolutionMode.Same : ConvolutionMode.Truncate);
        return layer.activation(Activation.IDENTITY);
    }

    private void pair(String own, String vertex, String name) {
        pairs.add(new Pair(own, array -> array, vertex, name));
    }

    private String add(String what, Layer layer, String input) {
        String name = fresh(what);
        builder.addLayer(name, layer, input);
        return name;
    }

    /** Gives the twin the parameters of the block, and its constants. */
    void copy(ComputationGraph own, ComputationGraph twin) {
        arrays(own, twin).values().forEach(both -> both[1].assign(both[0]));
        constants.forEach(
                (vertex, weights) -> twin.getLayer(vertex).getParam("W").assign(weights));
    }

    /** Each parameter of the block as the twin has it, and the twin's, by name. */
    Map<String, INDArray[]> arrays(ComputationGraph own, ComputationGraph twin) {
        Map<String, INDArray> table = own.getLayer(block).paramTable();
        Map<String, INDArray[]> arrays = new LinkedHashMap<>();
        for (Pair pair : pairs) {
            INDArray mine = pair.view().of(Objects.requireNonNull(table.get(pair.own()), pair.own()));
            INDArray theirs = twin.getLayer(pair.vertex()).getParam(pair.name());
            arrays.put(
                    pair.own() + " as " + pair.vertex(),
                    new INDArray[] {mine.dup('c').reshape(theirs.shape()), theirs});
        }
        return arrays;
    }
}
