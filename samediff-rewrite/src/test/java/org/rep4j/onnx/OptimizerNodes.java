package org.rep4j.onnx;

import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.integers;
import static org.rep4j.testing.OnnxBuilder.ints;

import java.util.List;
import onnx.Onnx.AttributeProto;
import org.rep4j.testing.OnnxBuilder;

/** The nodes that {@link OptimizerModels} are made of, with random weights and six channels unless it says otherwise. */
final class OptimizerNodes {
    static final int CHANNELS = 6;
    static final AttributeProto PAD_1 = ints("pads", 1, 1, 1, 1);

    private OptimizerNodes() {}

    /** A convolution with a square kernel and a bias. */
    static void conv(
            OnnxBuilder net,
            String name,
            String input,
            String output,
            int size,
            int kernelChannels,
            int outputChannels,
            AttributeProto... attributes) {
        net.weights(name + ".weight", outputChannels, kernelChannels, size, size)
                .weights(name + ".bias", outputChannels);
        net.node("Conv", name, List.of(input, name + ".weight", name + ".bias"), output, attributes);
    }

    /** Convolutions of the input, to {@code a}, and of another one, to {@code b}. */
    static void convs(OnnxBuilder net, String other) {
        conv(net, "conv1", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
        conv(net, "conv2", other, "b", 3, CHANNELS, CHANNELS, PAD_1);
    }

    /** A transposed convolution that doubles height and width. */
    static void transposed(OnnxBuilder net, String name, String input, String output) {
        net.weights(name + ".weight", CHANNELS, CHANNELS, 2, 2).weights(name + ".bias", CHANNELS);
        net.node(
                "ConvTranspose", name, List.of(input, name + ".weight", name + ".bias"), output, ints("strides", 2, 2));
    }

    /** A linear layer of the input. */
    static void gemm(OnnxBuilder net, String name, String output) {
        net.weights(name + ".weight", CHANNELS, CHANNELS).weights(name + ".bias", CHANNELS);
        net.node("Gemm", name, List.of("input", name + ".weight", name + ".bias"), output, integer("transB", 1));
    }

    /** An operation with a constant per channel. */
    static void constant(OnnxBuilder net, String op, String input, String output) {
        String name = op + ".constant";
        net.weights(name, CHANNELS, 1, 1).node(op, op, List.of(input, name), output);
    }

    /** The input with a zero around each channel. */
    static void pad(OnnxBuilder net, String output) {
        net.initializer(integers("pads", 0, 0, 1, 1, 0, 0, 1, 1)).node("Pad", "pad", List.of("input", "pads"), output);
    }

    /** The sum of two values, to {@code output}. */
    static void sum(OnnxBuilder net, String left, String right) {
        net.node("Add", "sum", List.of(left, right), "output");
    }
}
