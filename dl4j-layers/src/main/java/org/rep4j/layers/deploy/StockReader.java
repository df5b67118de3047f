package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Linear;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Pad;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;
import org.rep4j.samediff.NdArrayData;

/** Lifts Deeplearning4j's own layers, of exactly their classes: subclasses may compute something else. */
final class StockReader {
    private static final Set<Class<? extends Layer>> CONVOLUTIONS = Set.of(
            ConvolutionLayer.class, DepthwiseConvolution2D.class, SeparableConvolution2D.class, Deconvolution2D.class);
    private static final Set<Class<? extends Layer>> OTHERS =
            Set.of(BatchNormalization.class, DenseLayer.class, ZeroPaddingLayer.class);
    private static final Set<ConvolutionMode> MODES =
            EnumSet.of(ConvolutionMode.Same, ConvolutionMode.Truncate, ConvolutionMode.Strict);

    private final Lift lift;
    private final String vertex;
    private final String prefix;
    private final Map<String, INDArray> parameters;
    private final long[] sizes;

    /**
     * @param prefix of the names of what is made of the vertex
     * @param parameters by name
     * @param sizes height and width of the images that the layer reads, −1 where they are not known
     */
    StockReader(Lift lift, String vertex, String prefix, Map<String, INDArray> parameters, long... sizes) {
        this.lift = lift;
        this.vertex = vertex;
        this.prefix = prefix;
        this.parameters = parameters;
        this.sizes = sizes.clone();
    }

    /** Why a layer is not lifted though there are nodes for its kind; empty where it is lifted, or of another kind. */
    static Optional<String> obstacle(Layer layer) {
        if (CONVOLUTIONS.contains(layer.getClass())) {
            ConvolutionMode mode = ((ConvolutionLayer) layer).getConvolutionMode();
            return MODES.contains(mode) ? Optional.empty() : Optional.of("its convolution mode is " + mode);
        }
        if (layer instanceof BatchNormalization normalization && normalization.isLockGammaBeta()) {
            return Optional.of(
                    "its gamma and beta are locked, and Deeplearning4j applies them only if gamma is not 1 and beta not 0");
        }
        return layer instanceof DenseLayer dense && dense.hasLayerNorm()
                ? Optional.of("it normalizes its sums")
                : Optional.empty();
    }

    /** Whether there are nodes for layers of its class. */
    static boolean knows(Layer layer) {
        return CONVOLUTIONS.contains(layer.getClass()) || OTHERS.contains(layer.getClass());
    }

    /** Lifts a layer that is {@link #knows known} and has no {@link #obstacle}. */
    void read(Layer layer, Value input) {
        if (layer instanceof BatchNormalization normalization) {
            batchNorm(normalization, input);
        } else if (layer instanceof DenseLayer dense) {
            Value output = linear(dense.getActivationFn(), name -> lift.vector(name, dense.getNOut()));
            KernelShape shape =
                    new KernelShape(Math.toIntExact(dense.getNOut()), Math.toIntExact(dense.getNIn()), 1, List.of());
            lift.node(new Linear(
                    info(dense, dense.getActivationFn()),
                    input,
                    output,
                    new StoredKernel(shape, data("W"), KernelLayout.KIO, dense.hasBias() ? data("b") : null)));
            activate(dense.getActivationFn(), output, name -> lift.vector(name, dense.getNOut()));
        } else if (layer instanceof ZeroPaddingLayer padding) {
            pad(padding, input);
        } else {
            convolution((ConvolutionLayer) layer, input);
        }
    }

    private NdArrayData data(String parameter) {
        return new NdArrayData(parameter(parameter));
    }

    private INDArray parameter(String name) {
        return Objects.requireNonNull(parameters.get(name), name);
    }

    /** What the linear part of a layer puts out: what the vertex does, or what its activation reads. */
    private Value linear(IActivation activation, Function<String, Value> values) {
        return values.apply(Lift.isIdentity(activation) ? vertex : prefix + "linear");
    }

    private NodeInfo info(Layer layer, IActivation activation) {
        String name = Lift.isIdentity(activation) ? vertex : prefix + "conv";
        return new NodeInfo(name, layer.getClass().getSimpleName(), new NativePart.Vertex(vertex));
    }

    private void activate(IActivation activation, Value linear, Function<String, Value> values) {
        if (!Lift.isIdentity(activation)) {
            lift.opaque(
                    prefix + "activation",
                    activation.toString(),
                    new NativePart.Activation(activation),
                    List.of(linear),
                    values.apply(vertex));
        }
    }

    private void convolution(ConvolutionLayer layer, Value input) {
        CNN2DFormat format = layer.getCnn2dDataFormat();
        Function<String, Value> images = name -> lift.image(name, format, layer.getNOut());
        IActivation activation = layer.getActivationFn();
        Value output = linear(activation, images);
        NodeInfo info = info(layer, activation);
        Layout layout = Lift.layout(format);
        if (layer instanceof SeparableConvolution2D separable) {
            separable(separable, info, input, output);
        } else if (layer instanceof Deconvolution2D) {
            int in = Math.toIntExact(layer.getNIn());
            StoredKernel kernel = kernel(layer, in, 1, KernelLayout.IOK);
            lift.node(new TransposedConvolution(
                    info, input, output, kernel, geometry(layer), Collections.nCopies(2, 0), layout));
        } else {
            boolean depthwise = layer instanceof DepthwiseConvolution2D;
            int in = Math.toIntExact(layer.getNIn());
            StoredKernel kernel =
                    depthwise ? kernel(layer, 1, in, KernelLayout.KIO) : kernel(layer, in, 1, KernelLayout.OIK);
            lift.node(new Convolution(info, input, output, kernel, geometry(layer), layout));
        }
        activate(activation, output, images);
    }

    /** A depthwise convolution, {@code [multiplier, in, height, width]}, and a pointwise one, {@code [out, in · multiplier, 1, 1]}. */
    private void separable(SeparableConvolution2D layer, NodeInfo info, Value input, Value output) {
        CNN2DFormat format = layer.getCnn2dDataFormat();
        int in = Math.toIntExact(layer.getNIn());
        int wide = in * layer.getDepthMultiplier();
        List<Integer> taps = List.of(layer.getKernelSize()[0], layer.getKernelSize()[1]);
        // of each channel its outputs lie side by side
        INDArray spatial = parameter("W").permute(2, 3, 1, 0).dup('c');
        Value between = lift.image(prefix + "depthwise", format, wide);
        lift.node(new Convolution(
                new NodeInfo(prefix + "depthwise", "SeparableConvolution2D", new NativePart.DepthwiseHalf(vertex)),
                input,
                between,
                new StoredKernel(new KernelShape(wide, 1, in, taps), new NdArrayData(spatial), KernelLayout.KIO, null),
                geometry(layer),
                Lift.layout(format)));
        lift.node(new Convolution(
                info,
                between,
                output,
                new StoredKernel(
                        new KernelShape(Math.toIntExact(layer.getNOut()), wide, 1, List.of(1, 1)),
                        data("pW"),
                        KernelLayout.OIK,
                        layer.hasBias() ? data("b") : null),
                ConvGeometry.pointwise(2),
                Lift.layout(format)));
    }

    private ConvGeometry geometry(ConvolutionLayer layer) {
        boolean same = layer.getConvolutionMode() == ConvolutionMode.Same;
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int pad = same ? 0 : layer.getPadding()[i];
            axes.add(new ConvAxis(layer.getKernelSize()[i], layer.getStride()[i], layer.getDilation()[i], pad, pad));
        }
        if (same && layer instanceof Deconvolution2D) { // cuts off what is more than stride times the input
            return new ConvGeometry(axes, AutoPad.SAME_UPPER);
        }
        return same ? ConvGeometry.same(axes, sizes, AutoPad.SAME_UPPER) : ConvGeometry.of(axes);
    }

    private StoredKernel kernel(ConvolutionLayer layer, int inPerGroup, int groups, KernelLayout layout) {
        List<Integer> taps = List.of(layer.getKernelSize()[0], layer.getKernelSize()[1]);
        KernelShape shape = new KernelShape(Math.toIntExact(layer.getNOut()), inPerGroup, groups, taps);
        return new StoredKernel(shape, data("W"), layout, layer.hasBias() ? data("b") : null);
    }

    private void pad(ZeroPaddingLayer layer, Value input) {
        Layout layout = Lift.layout(layer.getDataFormat());
        int[] amounts = layer.getPadding();
        List<Integer> begin = new ArrayList<>(Collections.nCopies(4, 0));
        List<Integer> end = new ArrayList<>(Collections.nCopies(4, 0));
        for (int i = 0; i < 2; i++) {
            begin.set(layout.spatialAxis(i), amounts[2 * i]);
            end.set(layout.spatialAxis(i), amounts[2 * i + 1]);
        }
        Value output = input.shape().rank() == 4
                ? lift.image(vertex, layer.getDataFormat(), input.shape().dim(Math.floorMod(layout.channelAxis(), 4)))
                : lift.any(vertex);
        NodeInfo info = new NodeInfo(vertex, "ZeroPaddingLayer", new NativePart.Vertex(vertex));
        lift.node(new Pad(info, input, output, begin, end, ChannelConstant.scalar(0)));
    }

    private void batchNorm(BatchNormalization layer, Value input) {
        CNN2DFormat format = layer.getCnn2DFormat();
        INDArray variance = layer.isUseLogStd()
                ? Transforms.pow(
                        Nd4j.valueArrayOf(parameter("log10stdev").shape(), 10, lift.dataType()),
                        parameter("log10stdev").mul(2),
                        false)
                : parameter("var");
        boolean isImage = input.shape().rank() == 4;
        boolean isVector = input.shape().rank() == 2;
        lift.batchNorm(
                new NodeInfo(vertex, "BatchNormalization", new NativePart.Vertex(vertex)),
                input,
                isImage
                        ? lift.image(vertex, format, layer.getNOut())
                        : isVector ? lift.vector(vertex, layer.getNOut()) : lift.any(vertex),
                isVector ? 1 : Lift.layout(format).channelAxis(),
                layer.getEps(),
                parameter("gamma"),
                parameter("beta"),
                parameter("mean"),
                variance);
    }
}
