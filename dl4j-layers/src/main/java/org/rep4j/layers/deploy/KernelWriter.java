package org.rep4j.layers.deploy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvKernel;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Linear;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.layers.GroupedConvolution;
import org.rep4j.samediff.SparseTaps;

/** Makes layers of convolutions, transposed convolutions and linear maps: Deeplearning4j's own, where there is one that costs no more. */
final class KernelWriter {
    private final NetWriter net;
    private final DataType type;

    KernelWriter(NetWriter net, DataType type) {
        this.net = net;
        this.type = type;
    }

    /**
     * A layer that is to be written.
     *
     * @param vertex its name
     * @param weights {@code [out, in / groups, taps…]}
     * @param biases null for none
     * @param input the vertex that it reads
     */
    record Plan(
            String vertex,
            ConvGeometry geometry,
            CNN2DFormat format,
            IActivation activation,
            KernelShape shape,
            INDArray weights,
            @Nullable INDArray biases,
            String input) {
        /** Its arrays, of which the weights lie as the layer has them. */
        Map<String, INDArray> arrays(INDArray ownWeights) {
            Map<String, INDArray> arrays = new HashMap<>(Map.of("W", ownWeights));
            if (biases != null) {
                arrays.put("b", biases);
            }
            return arrays;
        }
    }

    void write(KernelNode node, String vertex, IActivation activation) {
        ConvKernel kernel = node.kernel().read();
        KernelShape shape = kernel.shape();
        INDArray biases =
                node.kernel().hasBias() ? Nd4j.createFromArray(kernel.bias()).castTo(type) : null;
        long[] dims = new long[shape.spatial().size() + 2];
        dims[0] = shape.outChannels();
        dims[1] = shape.inChannelsPerGroup();
        for (int i = 2; i < dims.length; i++) {
            dims[i] = shape.spatial().get(i - 2);
        }
        INDArray weights = Nd4j.createFromArray(kernel.weights()).castTo(type).reshape('c', dims);
        String input = net.vertex(node.input());
        if (node instanceof Linear) {
            dense(vertex, activation, weights, biases, input);
        } else if (node instanceof TransposedConvolution transposed) {
            CNN2DFormat format = LayerFactory.format(transposed.layout());
            transposed(
                    new Plan(vertex, transposed.geometry(), format, activation, shape, weights, biases, input),
                    transposed);
        } else {
            Convolution convolution = (Convolution) node;
            CNN2DFormat format = LayerFactory.format(convolution.layout());
            convolution(new Plan(vertex, convolution.geometry(), format, activation, shape, weights, biases, input));
        }
    }

    private void dense(
            String vertex, IActivation activation, INDArray weights, @Nullable INDArray biases, String input) {
        DenseLayer layer = new DenseLayer.Builder()
                .nIn(weights.size(1))
                .nOut(weights.size(0))
                .hasBias(biases != null)
                .activation(activation)
                .build();
        INDArray own = weights.transpose();
        net.layer(vertex, layer, biases == null ? Map.of("W", own) : Map.of("W", own, "b", biases), input);
    }

    private void transposed(Plan plan, TransposedConvolution node) {
        boolean even = plan.geometry().axes().stream().allMatch(a -> a.padBegin() == a.padEnd());
        if (!even || plan.shape().groups() > 1 || node.outputPadding().stream().anyMatch(p -> p > 0)) {
            throw new InvalidGraphException(
                    node.label() + " has groups or uneven padding, which no layer of" + " Deeplearning4j has");
        }
        Deconvolution2D layer = configured(new Deconvolution2D.Builder(), plan)
                .nIn(plan.shape().inChannels())
                .build();
        layer.setCnn2dDataFormat(plan.format());
        net.layer(plan.vertex(), layer, plan.arrays(plan.weights().permute(1, 0, 2, 3)), plan.input());
    }

    /** Writes a convolution of any kind; padding that differs between the sides is a layer of its own. */
    void convolution(Plan plan) {
        List<ConvAxis> axes = plan.geometry().axes();
        if (plan.geometry().isResolved() && axes.stream().anyMatch(a -> a.padBegin() != a.padEnd())) {
            int[] amounts = {
                axes.get(0).padBegin(),
                axes.get(0).padEnd(),
                axes.get(1).padBegin(),
                axes.get(1).padEnd()
            };
            String padded = net.beside(plan.vertex(), "pad");
            net.layer(padded, LayerFactory.padding(plan.format(), amounts), Map.of(), plan.input());
            ConvGeometry bare = ConvGeometry.of(axes.stream()
                    .map(a -> new ConvAxis(a.kernel(), a.stride(), a.dilation(), 0, 0))
                    .toList());
            convolution(new Plan(
                    plan.vertex(),
                    bare,
                    plan.format(),
                    plan.activation(),
                    plan.shape(),
                    plan.weights(),
                    plan.biases(),
                    padded));
        } else if (plan.shape().groups() == 1) {
            ConvolutionLayer layer = configured(new ConvolutionLayer.Builder(), plan)
                    .nIn(plan.shape().inChannels())
                    .build();
            layer.setCnn2dDataFormat(plan.format());
            net.layer(plan.vertex(), layer, plan.arrays(plan.weights()), plan.input());
        } else if (plan.shape().isDepthwise()) {
            depthwise(plan);
        } else if (plan.format() == CNN2DFormat.NCHW) {
            apart(plan);
        } else { // of whose channels a SubsetVertex takes none
            together(plan);
        }
    }

    private void depthwise(Plan plan) {
        if (SparseTaps.areRefused(type, plan.geometry().axes())
                && SparseTaps.canBeDense(plan.geometry().axes())) {
            depthwise(dense(plan)); // Deeplearning4j's layer does not run where oneDNN is
            return;
        }
        KernelShape shape = plan.shape();
        int multiplier = shape.outChannels() / shape.groups();
        DepthwiseConvolution2D layer = configured(
                        new DepthwiseConvolution2D.Builder().depthMultiplier(multiplier), plan)
                .nIn(shape.groups())
                .build();
        layer.setCnn2dDataFormat(plan.format());
        INDArray own = plan.weights()
                .reshape(
                        'c',
                        shape.groups(),
                        multiplier,
                        shape.spatial().get(0),
                        shape.spatial().get(1))
                .permute(2, 3, 0, 1);
        net.layer(plan.vertex(), layer, plan.arrays(own), plan.input());
    }

    /** The same with zeros between the taps. */
    private static Plan dense(Plan plan) {
        List<ConvAxis> axes = plan.geometry().axes();
        List<ConvAxis> dense = SparseTaps.dense(axes);
        KernelShape shape = new KernelShape(
                plan.shape().outChannels(),
                plan.shape().inChannelsPerGroup(),
                plan.shape().groups(),
                dense.stream().map(ConvAxis::kernel).toList());
        return new Plan(
                plan.vertex(),
                new ConvGeometry(dense, plan.geometry().autoPad()),
                plan.format(),
                plan.activation(),
                shape,
                SparseTaps.dense(plan.weights(), 2, axes),
                plan.biases(),
                plan.input());
    }

    /** Each group by itself, which costs no more: a part of the channels, a convolution, and all of them side by side. */
    private void apart(Plan plan) {
        KernelShape shape = plan.shape();
        int in = shape.inChannelsPerGroup();
        int out = shape.outChannels() / shape.groups();
        String[] parts = new String[shape.groups()];
        for (int g = 0; g < parts.length; g++) {
            String read = net.beside(plan.vertex(), "in" + g);
            net.vertex(read, new SubsetVertex(g * in, (g + 1) * in - 1), plan.input());
            parts[g] = net.beside(plan.vertex(), "group" + g);
            INDArray weights = plan.weights().get(NDArrayIndex.interval(g * out, (g + 1) * out));
            INDArray biases =
                    plan.biases() == null ? null : plan.biases().get(NDArrayIndex.interval(g * out, (g + 1) * out));
            convolution(new Plan(
                    parts[g],
                    plan.geometry(),
                    plan.format(),
                    plan.activation(),
                    new KernelShape(out, in, 1, shape.spatial()),
                    weights,
                    biases,
                    read));
        }
        net.vertex(plan.vertex(), new MergeVertex(), parts);
    }

    private void together(Plan plan) {
        KernelShape shape = plan.shape();
        List<ConvAxis> axes = plan.geometry().axes();
        GroupedConvolution layer = new GroupedConvolution.Builder()
                .kernelSize(axes.get(0).kernel(), axes.get(1).kernel())
                .stride(axes.get(0).stride(), axes.get(1).stride())
                .dilation(axes.get(0).dilation(), axes.get(1).dilation())
                .padding(axes.get(0).padBegin(), axes.get(1).padBegin())
                .convolutionMode(mode(plan.geometry()))
                .groups(shape.groups())
                .nIn(shape.inChannels())
                .nOut(shape.outChannels())
                .hasBias(plan.biases() != null)
                .dataFormat(plan.format())
                .activation(plan.activation())
                .build();
        INDArray own = plan.weights()
                .reshape(
                        'c',
                        shape.groups(),
                        shape.outChannels() / shape.groups(),
                        shape.inChannelsPerGroup(),
                        shape.spatial().get(0),
                        shape.spatial().get(1))
                .permute(0, 3, 4, 2, 1);
        Map<String, INDArray> arrays = new HashMap<>(Map.of("denseW", own));
        if (plan.biases() != null) {
            arrays.put("denseb", plan.biases());
        }
        net.layer(plan.vertex(), layer, arrays, plan.input());
    }

    private static ConvolutionMode mode(ConvGeometry geometry) {
        return geometry.isResolved() ? ConvolutionMode.Truncate : ConvolutionMode.Same;
    }

    private static <T extends ConvolutionLayer.BaseConvBuilder<T>> T configured(T builder, Plan plan) {
        List<ConvAxis> axes = plan.geometry().axes();
        builder.setKernelSize(new int[] {axes.get(0).kernel(), axes.get(1).kernel()});
        builder.setStride(new int[] {axes.get(0).stride(), axes.get(1).stride()});
        builder.setDilation(new int[] {axes.get(0).dilation(), axes.get(1).dilation()});
        builder.setPadding(new int[] {axes.get(0).padBegin(), axes.get(1).padBegin()});
        builder.convolutionMode(mode(plan.geometry()));
        builder.hasBias(plan.biases() != null);
        return builder.nOut(plan.shape().outChannels()).activation(plan.activation());
    }
}
