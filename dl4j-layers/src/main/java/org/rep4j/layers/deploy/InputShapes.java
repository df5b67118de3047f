package org.rep4j.layers.deploy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.rep4j.layers.RepBlock;

/**
 * What the layers that read a net's inputs tell about their shapes: nets do not keep the types that their configuration was built
 * with. Sizes that may be any are −1.
 */
final class InputShapes {
    private final ComputationGraphConfiguration configuration;

    InputShapes(ComputationGraphConfiguration configuration) {
        this.configuration = configuration;
    }

    /** The shape of an input; empty if no layer tells how many axes it has. */
    Optional<long[]> of(String input) {
        for (Map.Entry<String, List<String>> vertex :
                configuration.getVertexInputs().entrySet()) {
            if (vertex.getValue().contains(input)) {
                Optional<long[]> shape = readBy(vertex.getKey());
                if (shape.isPresent()) {
                    return shape;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<long[]> readBy(String name) {
        GraphVertex vertex = Objects.requireNonNull(configuration.getVertices().get(name), name);
        if (vertex instanceof LayerVertex layer) {
            return layer.getPreProcessor() == null
                    ? readBy(name, FrozenLayers.inner(layer.getLayerConf().getLayer()))
                    : readBy(layer.getPreProcessor());
        }
        if (vertex instanceof PreprocessorVertex preprocessor) {
            return readBy(preprocessor.getPreProcessor());
        }
        if (vertex instanceof MergeVertex || vertex instanceof SubsetVertex) { // the channels are others
            return of(name).map(InputShapes::anySizes);
        }
        boolean keepsShape = vertex instanceof ElementWiseVertex
                || vertex instanceof ScaleVertex
                || vertex instanceof ShiftVertex
                || vertex instanceof L2NormalizeVertex;
        return keepsShape ? of(name) : Optional.empty();
    }

    private static long[] anySizes(long... shape) {
        long[] result = shape.clone();
        Arrays.fill(result, -1);
        return result;
    }

    private static Optional<long[]> readBy(InputPreProcessor preprocessor) {
        if (preprocessor instanceof FeedForwardToCnnPreProcessor images) {
            return Optional.of(
                    new long[] {-1, images.getNumChannels() * images.getInputHeight() * images.getInputWidth()});
        }
        if (preprocessor instanceof CnnToFeedForwardPreProcessor flattens) {
            long[] sizes = {flattens.getNumChannels(), flattens.getInputHeight(), flattens.getInputWidth()};
            long[] known = Arrays.stream(sizes).map(s -> s > 0 ? s : -1).toArray();
            return Optional.of(
                    flattens.getFormat() == CNN2DFormat.NHWC
                            ? new long[] {-1, known[1], known[2], known[0]}
                            : new long[] {-1, known[0], known[1], known[2]});
        }
        return Optional.empty();
    }

    private Optional<long[]> readBy(String name, Layer layer) {
        if (layer instanceof RepBlock block) {
            return Optional.of(image(block.getCnn2dDataFormat(), block.getNIn()));
        }
        if (layer instanceof Convolution1DLayer || layer instanceof Convolution3D) {
            ConvolutionLayer convolution = (ConvolutionLayer) layer;
            long[] shape = new long[layer instanceof Convolution3D ? 5 : 3];
            Arrays.fill(shape, -1);
            int axis = Math.floorMod(SeriesExport.layout(convolution).channelAxis(), shape.length);
            shape[axis] = convolution.getNIn();
            return Optional.of(shape);
        }
        if (layer instanceof ConvolutionLayer convolution && convolution.getKernelSize().length == 2) {
            return Optional.of(image(convolution.getCnn2dDataFormat(), convolution.getNIn()));
        }
        if (layer instanceof DenseLayer dense) {
            return Optional.of(new long[] {-1, dense.getNIn()});
        }
        if (layer instanceof OutputLayer output) {
            return Optional.of(new long[] {-1, output.getNIn()});
        }
        if (layer instanceof Deconvolution3D transposed) {
            boolean last = transposed.getDataFormat() == Convolution3D.DataFormat.NDHWC;
            long channels = transposed.getNIn();
            return Optional.of(last ? new long[] {-1, -1, -1, -1, channels} : new long[] {-1, channels, -1, -1, -1});
        }
        if (layer instanceof PReLULayer rectifier) {
            return Optional.of(anySizes(new long[rectifier.getInputShape().length + 1]));
        }
        if (VolumeExport.rank(layer) > 0) {
            return Optional.of(anySizes(new long[VolumeExport.rank(layer)]));
        }
        boolean keepsChannels = layer instanceof SubsamplingLayer
                || layer instanceof ZeroPaddingLayer
                || layer instanceof Cropping2D
                || layer instanceof Upsampling2D
                || layer instanceof LocalResponseNormalization;
        if (keepsChannels) {
            return Optional.of(of(name).filter(InputShapes::tellsOnlyChannels).orElse(new long[] {-1, -1, -1, -1}));
        }
        if (layer instanceof SpaceToDepthLayer) {
            return Optional.of(new long[] {-1, -1, -1, -1});
        }
        if (layer instanceof GlobalPoolingLayer pooling) {
            int[] axes = pooling.getPoolingDimensions();
            return axes != null && axes.length == 2 ? Optional.of(new long[] {-1, -1, -1, -1}) : Optional.empty();
        }
        return of(name);
    }

    /** Of images whose sizes may be any. */
    private static boolean tellsOnlyChannels(long[] shape) {
        return shape.length == 4
                && Arrays.stream(shape).filter(size -> size > 0).count() == 1;
    }

    private static long[] image(CNN2DFormat format, long channels) {
        return format == CNN2DFormat.NHWC ? new long[] {-1, -1, -1, channels} : new long[] {-1, channels, -1, -1};
    }
}
