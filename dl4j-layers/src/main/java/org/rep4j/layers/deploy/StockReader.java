package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.Value;

/** Lifts Deeplearning4j's own layers, of exactly their classes: subclasses may compute something else. */
final class StockReader {
    private static final Set<Class<? extends Layer>> KNOWN =
            Set.of(ConvolutionLayer.class, DepthwiseConvolution2D.class, BatchNormalization.class);
    private static final Set<ConvolutionMode> MODES =
            EnumSet.of(ConvolutionMode.Same, ConvolutionMode.Truncate, ConvolutionMode.Strict);

    private final Lift lift;
    private final String vertex;
    private final Map<String, INDArray> parameters;

    StockReader(Lift lift, String vertex, Map<String, INDArray> parameters) {
        this.lift = lift;
        this.vertex = vertex;
        this.parameters = parameters;
    }

    /** Why a layer is not lifted though there are nodes for its kind; empty where it is lifted, or of another kind. */
    static Optional<String> obstacle(Layer layer) {
        if (layer instanceof ConvolutionLayer convolution
                && knows(layer)
                && !MODES.contains(convolution.getConvolutionMode())) {
            return Optional.of("its convolution mode is " + convolution.getConvolutionMode());
        }
        if (layer instanceof BatchNormalization normalization && normalization.isLockGammaBeta()) {
            return Optional.of(
                    "its gamma and beta are locked, and Deeplearning4j applies them only if gamma is not 1 and beta not 0");
        }
        return Optional.empty();
    }

    /** Whether there are nodes for layers of its class. */
    static boolean knows(Layer layer) {
        return KNOWN.contains(layer.getClass());
    }

    /** Lifts a layer that is {@link #knows known} and has no {@link #obstacle}. */
    void read(Layer layer, Value input) {
        if (layer instanceof BatchNormalization normalization) {
            batchNorm(normalization, input);
        } else {
            convolution((ConvolutionLayer) layer, input);
        }
    }

    private INDArray parameter(String name) {
        return Objects.requireNonNull(parameters.get(name), name);
    }

    private void convolution(ConvolutionLayer layer, Value input) {
        boolean same = layer.getConvolutionMode() == ConvolutionMode.Same;
        CNN2DFormat format = layer.getCnn2dDataFormat();
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int pad = same ? 0 : layer.getPadding()[i];
            axes.add(new ConvAxis(layer.getKernelSize()[i], layer.getStride()[i], layer.getDilation()[i], pad, pad));
        }
        ConvGeometry geometry =
                same ? ConvGeometry.same(axes, new long[] {-1, -1}, AutoPad.SAME_UPPER) : ConvGeometry.of(axes);
        boolean isActivated = !Lift.isIdentity(layer.getActivationFn());
        Value output = lift.image(isActivated ? vertex + "/linear" : vertex, format, layer.getNOut());
        NativePart part = new NativePart.Vertex(vertex);
        lift.node(new Convolution(
                new NodeInfo(isActivated ? vertex + "/conv" : vertex, "ConvolutionLayer", part),
                input,
                output,
                kernel(layer),
                geometry,
                Lift.layout(format)));
        if (isActivated) {
            lift.opaque(
                    vertex + "/activation",
                    layer.getActivationFn().toString(),
                    new NativePart.Activation(layer.getActivationFn()),
                    List.of(output),
                    lift.image(vertex, format, layer.getNOut()));
        }
    }

    private StoredKernel kernel(ConvolutionLayer layer) {
        boolean depthwise = layer instanceof DepthwiseConvolution2D;
        int in = Math.toIntExact(layer.getNIn());
        List<Integer> taps = List.of(layer.getKernelSize()[0], layer.getKernelSize()[1]);
        KernelShape shape =
                new KernelShape(Math.toIntExact(layer.getNOut()), depthwise ? 1 : in, depthwise ? in : 1, taps);
        return new StoredKernel(
                shape,
                new ParameterData(parameter("W")),
                depthwise ? KernelLayout.KIO : KernelLayout.OIK,
                layer.hasBias() ? new ParameterData(parameter("b")) : null);
    }

    private void batchNorm(BatchNormalization layer, Value input) {
        CNN2DFormat format = layer.getCnn2DFormat();
        INDArray variance = layer.isUseLogStd()
                ? Transforms.pow(
                        parameter("log10stdev").mul(0).addi(10),
                        parameter("log10stdev").mul(2),
                        false)
                : parameter("var");
        lift.batchNorm(
                new NodeInfo(vertex, "BatchNormalization", new NativePart.Vertex(vertex)),
                input,
                input.shape().rank() == 4 ? lift.image(vertex, format, layer.getNOut()) : lift.any(vertex),
                format,
                layer.getEps(),
                parameter("gamma"),
                parameter("beta"),
                parameter("mean"),
                variance);
    }
}
