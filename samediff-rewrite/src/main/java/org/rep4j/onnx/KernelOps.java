package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import onnx.Onnx.NodeProto;
import org.jspecify.annotations.Nullable;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;

/** Conv, ConvTranspose, Gemm and MatMul with constant weights. */
final class KernelOps {
    private KernelOps() {}

    static Node conv(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        String label = GraphIndex.describe(node);
        ConstantTensor weights = weights(node, context);
        List<Long> dims = dims(weights, label, 3, 5);
        Attributes attributes = new Attributes(node, label);
        List<Integer> spatial = spatial(attributes, label, dims);
        KernelShape shape = shape(label, dims.get(0), dims.get(1), attributes.integer("group", 1), spatial);
        Value input = context.input(node, 0);
        ConvGeometry geometry = Geometries.read(attributes, label, spatial, input.shape());
        KernelSource kernel =
                new StoredKernel(shape, weights, KernelLayout.OIK, bias(node, context, label, shape.outChannels()));
        Value output = OutputShapes.define(node, context).get(0);
        return new Convolution(info, input, output, kernel, geometry, Layout.CHANNELS_FIRST);
    }

    static Node convTranspose(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        String label = GraphIndex.describe(node);
        Attributes attributes = new Attributes(node, label);
        if (attributes.has("output_shape")
                || !attributes.text("auto_pad", "NOTSET").equals("NOTSET")) {
            throw new OpReader.Unfoldable(
                    "its padding follows from output_shape or auto_pad: export it with explicit pads");
        }
        ConstantTensor weights = weights(node, context);
        List<Long> dims = dims(weights, label, 3, 5);
        List<Integer> spatial = spatial(attributes, label, dims);
        long groups = attributes.integer("group", 1);
        if (groups < 1 || dims.get(0) % groups != 0) {
            throw new InvalidGraphException(
                    label + " has weights of shape " + weights.shape() + ", which do not form " + groups + " groups");
        }
        KernelShape shape =
                shape(label, Math.multiplyExact(dims.get(1), groups), dims.get(0) / groups, groups, spatial);
        Value input = context.input(node, 0);
        ConvGeometry geometry = Geometries.read(attributes, label, spatial, input.shape());
        List<Integer> outputPadding = Arrays.stream(attributes.integers("output_padding", spatial.size(), 0))
                .boxed()
                .toList();
        KernelSource kernel =
                new StoredKernel(shape, weights, KernelLayout.IOK, bias(node, context, label, shape.outChannels()));
        Value output = OutputShapes.define(node, context).get(0);
        return new TransposedConvolution(info, input, output, kernel, geometry, outputPadding, Layout.CHANNELS_FIRST);
    }

    static Node gemm(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        String label = GraphIndex.describe(node);
        Attributes attributes = new Attributes(node, label);
        if (attributes.integer("transA", 0) != 0) {
            throw new OpReader.Unfoldable("it transposes its input");
        }
        ConstantTensor weights = weights(node, context);
        List<Long> dims = dims(weights, label, 2, 2);
        boolean transposed = attributes.integer("transB", 0) != 0;
        KernelShape shape = shape(label, dims.get(transposed ? 0 : 1), dims.get(transposed ? 1 : 0), 1, List.of());
        KernelLayout layout = transposed ? KernelLayout.OIK : KernelLayout.KIO;
        double alpha = attributes.number("alpha", 1);
        double beta = attributes.number("beta", 1);
        ConstantTensor bias = LiftContext.has(node, 2) ? bias(node, context) : null;
        boolean plainBias = bias == null
                || (beta == 1
                        && bias.shape().elements() == shape.outChannels()
                        && bias.shape().dim(-1) == shape.outChannels());
        boolean plain = alpha == 1 && plainBias;
        KernelSource kernel = plain
                ? new StoredKernel(shape, weights, layout, bias)
                : FoldedKernel.absorb(
                        new StoredKernel(shape, weights, layout, null),
                        new ChannelAffine(
                                filled(shape.outChannels(), alpha), scaledBias(bias, beta, shape.outChannels())));
        return linear(node, info, context, kernel);
    }

    static Node matMul(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        if (context.constant(node, 0).isPresent()) {
            throw new OpReader.Unfoldable("");
        }
        ConstantTensor weights = weights(node, context);
        if (weights.shape().rank() != 2) {
            throw new OpReader.Unfoldable(
                    "its weights have rank " + weights.shape().rank() + ", not 2");
        }
        KernelShape shape = shape(
                GraphIndex.describe(node),
                weights.shape().dim(1),
                weights.shape().dim(0),
                1,
                List.of());
        KernelSource kernel = new StoredKernel(shape, weights, KernelLayout.KIO, null);
        return linear(node, info, context, kernel);
    }

    private static Linear linear(NodeProto node, NodeInfo info, LiftContext context, KernelSource kernel) {
        Value input = context.input(node, 0);
        Value output = OutputShapes.define(node, context).get(0);
        return new Linear(info, input, output, kernel);
    }

    private static ConstantTensor weights(NodeProto node, LiftContext context) throws OpReader.Unfoldable {
        if (!LiftContext.has(node, 0) || !LiftContext.has(node, 1)) {
            throw new InvalidGraphException(GraphIndex.describe(node) + " has no weights");
        }
        ConstantTensor weights = context.constant(node, 1)
                .orElseThrow(() -> new OpReader.Unfoldable("its weights are computed while the model runs"));
        if (!weights.type().isFloatingPoint()) {
            throw new OpReader.Unfoldable("its weights are no floating-point numbers");
        }
        if (weights.shape().elements() > Integer.MAX_VALUE / 2) {
            throw new OpReader.Unfoldable("its weights have " + weights.shape().elements() + " elements, too many");
        }
        return weights;
    }

    private static ConstantTensor bias(NodeProto node, LiftContext context) throws OpReader.Unfoldable {
        return context.constant(node, 2)
                .orElseThrow(() -> new OpReader.Unfoldable("its bias is computed while the model runs"));
    }

    private static @Nullable ConstantTensor bias(NodeProto node, LiftContext context, String label, int channels)
            throws OpReader.Unfoldable {
        if (!LiftContext.has(node, 2)) {
            return null;
        }
        ConstantTensor bias = bias(node, context);
        if (bias.shape().elements() != channels) {
            throw new InvalidGraphException(
                    label + " has a bias of shape " + bias.shape() + " for " + channels + " output channels");
        }
        return bias;
    }

    private static List<Long> dims(ConstantTensor weights, String label, int lowest, int highest) {
        List<Long> dims = weights.shape().dims();
        if (dims == null || dims.size() < lowest || dims.size() > highest) {
            throw new InvalidGraphException(label + " has weights of shape " + weights.shape());
        }
        return dims;
    }

    /** The spatial sizes of weights, which the attribute kernel_shape may repeat. */
    private static List<Integer> spatial(Attributes attributes, String label, List<Long> dims) {
        List<Long> sizes = dims.subList(2, dims.size());
        attributes.integers("kernel_shape").filter(k -> !k.equals(sizes)).ifPresent(k -> {
            throw new InvalidGraphException(label + " has weights of shape " + dims + " but kernel_shape " + k);
        });
        List<Integer> spatial = new ArrayList<>();
        sizes.forEach(s -> spatial.add(Math.toIntExact(s)));
        return spatial;
    }

    private static KernelShape shape(String label, long out, long in, long groups, List<Integer> spatial) {
        try {
            return new KernelShape(Math.toIntExact(out), Math.toIntExact(in), Math.toIntExact(groups), spatial);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new InvalidGraphException(label + ": " + e.getMessage(), e);
        }
    }

    private static double[] scaledBias(@Nullable ConstantTensor bias, double beta, int channels)
            throws OpReader.Unfoldable {
        double[] scaled = new double[channels];
        if (bias == null) {
            return scaled;
        }
        double[] stored = bias.read();
        if (stored.length != 1 && (stored.length != channels || bias.shape().dim(-1) != channels)) {
            throw new OpReader.Unfoldable("its bias of shape " + bias.shape() + " differs from row to row");
        }
        for (int c = 0; c < channels; c++) {
            scaled[c] = beta * stored[stored.length == 1 ? 0 : c];
        }
        return scaled;
    }

    private static double[] filled(int count, double value) {
        double[] array = new double[count];
        Arrays.fill(array, value);
        return array;
    }
}
