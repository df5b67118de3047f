package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.graph.Layout;

/** Writes convolutions of series and volumes. */
final class SeriesExport {
    private final ExportScope scope;
    private final VertexParameters parameters;

    SeriesExport(ExportScope scope, VertexParameters parameters) {
        this.scope = scope;
        this.parameters = parameters;
    }

    /** Writes a {@link Convolution1DLayer} or {@link Convolution3D}, without its activation. */
    SDVariable write(ConvolutionLayer layer, SDVariable input) {
        boolean flat = layer instanceof Convolution1DLayer;
        ConvolutionMode mode = layer.getConvolutionMode();
        boolean same = mode == ConvolutionMode.Same;
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < (flat ? 1 : 3); i++) {
            axes.add(axis(layer, i, mode));
        }
        INDArray stored = parameters.get("W");
        // Deeplearning4j declares the weights of series as [out, in, kernel, 1], but reads them as [kernel, in, out],
        // elements in place
        INDArray weights = flat
                ? stored.reshape(stored.ordering(), stored.size(2), stored.size(1), stored.size(0))
                : stored.permute(2, 3, 4, 1, 0);
        @Nullable INDArray bias = layer.hasBias() ? parameters.get("b") : null;
        return new ConvolutionExport(scope, layout(layer), input, axes, same).dense(weights, bias);
    }

    /** A causal convolution reads nothing behind its own place: all that it pads comes before the series. */
    private static ConvAxis axis(ConvolutionLayer layer, int i, ConvolutionMode mode) {
        int kernel = layer.getKernelSize()[i];
        int dilation = layer.getDilation()[i];
        int begin = switch (mode) {
            case Same -> 0;
            case Causal -> (kernel - 1) * dilation;
            default -> layer.getPadding()[i];
        };
        return new ConvAxis(kernel, layer.getStride()[i], dilation, begin, mode == ConvolutionMode.Causal ? 0 : begin);
    }

    static Layout layout(ConvolutionLayer layer) {
        boolean last = layer instanceof Convolution1DLayer series
                ? series.getRnnDataFormat() == RNNFormat.NWC
                : ((Convolution3D) layer).getDataFormat() == Convolution3D.DataFormat.NDHWC;
        return last ? Layout.CHANNELS_LAST : Layout.CHANNELS_FIRST;
    }
}
