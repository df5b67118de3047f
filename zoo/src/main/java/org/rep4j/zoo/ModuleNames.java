package org.rep4j.zoo;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * Deeplearning4j's own layers, each of which is one of PyTorch's modules: Conv2d, BatchNorm2d or Linear.
 *
 * @param module its name
 */
record ModuleNames(String module) implements TensorNames {
    @Override
    public List<Binding> of(String vertex, Layer layer) {
        if (layer instanceof BatchNormalization norm) {
            return batchNorm(vertex, module, "gamma", "beta", "mean", "var", norm.getNOut());
        }
        List<Binding> bindings = new ArrayList<>();
        FeedForwardLayer maps = (FeedForwardLayer) layer;
        boolean biased = true;
        if (layer instanceof ConvolutionLayer convolution) {
            bindings.add(kernel(vertex, convolution));
            biased = convolution.hasBias();
        } else { // dense, or an output layer
            bindings.add(
                    Binding.of(module + ".weight", vertex, "W", Arrangement.TRANSPOSED, maps.getNIn(), maps.getNOut()));
        }
        if (biased) {
            bindings.add(Binding.of(module + ".bias", vertex, "b", Arrangement.SAME, maps.getNOut()));
        }
        return bindings;
    }

    private Binding kernel(String vertex, ConvolutionLayer layer) {
        int[] taps = layer.getKernelSize();
        boolean depthwise = layer instanceof DepthwiseConvolution2D;
        return depthwise
                ? Binding.of(
                        module + ".weight",
                        vertex,
                        "W",
                        Arrangement.DEPTHWISE,
                        taps[0],
                        taps[1],
                        layer.getNIn(),
                        layer.getNOut() / layer.getNIn())
                : Binding.of(
                        module + ".weight",
                        vertex,
                        "W",
                        Arrangement.SAME,
                        layer.getNOut(),
                        layer.getNIn(),
                        taps[0],
                        taps[1]);
    }

    /** The tensors of a BatchNorm2d. */
    static List<Binding> batchNorm(
            String vertex, String module, String gamma, String beta, String mean, String variance, long channels) {
        return List.of(
                Binding.of(module + ".weight", vertex, gamma, Arrangement.SAME, channels),
                Binding.of(module + ".bias", vertex, beta, Arrangement.SAME, channels),
                Binding.of(module + ".running_mean", vertex, mean, Arrangement.SAME, channels),
                Binding.of(module + ".running_var", vertex, variance, Arrangement.SAME, channels));
    }
}
