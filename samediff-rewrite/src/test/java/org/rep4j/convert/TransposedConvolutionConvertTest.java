package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.onnx.OnnxGraph;

/** ConvTranspose, and SameDiff's transposed convolutions. */
class TransposedConvolutionConvertTest {
    private static OpModel image() {
        return OpModel.of("ConvTranspose", 17).feed(2, 4, 5, 6);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anyNumberOfSpatialAxes(int axes) {
        long[] image = Arrays.copyOf(new long[] {2, 4, 5, 6, 3}, axes + 2);
        for (int groups : new int[] {1, 2, 4}) {
            for (long stride : new long[] {1, 2, 3}) {
                long[] kernel = Arrays.copyOf(new long[] {4, 3, 3, 2, 3}, axes + 2);
                OpModel.of("ConvTranspose", 11)
                        .feed(image)
                        .weights(kernel)
                        .weights(3L * groups)
                        .set("group", groups)
                        .list("strides", repeated(stride, axes))
                        .list("pads", repeated(1, 2 * axes))
                        .converts();
            }
        }
    }

    private static long[] repeated(long value, int times) {
        long[] list = new long[times];
        Arrays.fill(list, value);
        return list;
    }

    @Test
    void unevenPadsAndZerosBeyondTheEnd() {
        image().weights(4, 3, 3, 2)
                .weights(3)
                .list("pads", 0, 1, 1, 0)
                .list("strides", 2, 2)
                .converts();
        image().weights(4, 3, 3, 2)
                .weights(3)
                .list("output_padding", 1, 1)
                .list("strides", 2, 2)
                .converts();
        image().weights(4, 3, 3, 3)
                .list("output_padding", 1, 0)
                .list("strides", 2, 2)
                .list("pads", 1, 1, 1, 1)
                .converts();
        image().weights(4, 3, 1, 2)
                .list("output_padding", 2, 1)
                .list("strides", 3, 2)
                .converts();
        image().weights(4, 2, 3, 2)
                .weights(4)
                .set("group", 2)
                .list("pads", 0, 1, 2, 0)
                .list("strides", 2, 3)
                .list("output_padding", 1, 2)
                .converts();
    }

    @Test
    void dilations() {
        image().weights(4, 3, 3, 2).weights(3).list("dilations", 2, 3).converts();
        image().weights(4, 3, 3, 2)
                .weights(3)
                .list("dilations", 2, 3)
                .list("strides", 2, 1)
                .converts();
        image().weights(4, 3, 3, 2)
                .list("dilations", 2, 1)
                .list("strides", 3, 3)
                .list("output_padding", 2, 1)
                .list("pads", 0, 0, 1, 0)
                .converts();
    }

    @Test
    void automaticPadding() {
        for (String padding : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
            image().weights(4, 3, 3, 2)
                    .weights(3)
                    .set("auto_pad", padding)
                    .list("strides", 2, 2)
                    .converts();
        }
        image().weights(4, 3, 3, 3)
                .list("output_shape", 10, 8)
                .list("strides", 3, 2)
                .converts();
        image().weights(4, 3, 3, 3)
                .list("output_shape", 10, 12)
                .set("auto_pad", "SAME_UPPER")
                .list("strides", 2, 2)
                .converts();
    }

    @Test
    void weightsThatAreComputed() {
        image().feed(4, 3, 3, 2).feed(3).list("strides", 2, 2).converts();
        image().feed(4, 3, 3, 2)
                .feed(6)
                .set("group", 2)
                .list("output_padding", 1, 1)
                .list("strides", 2, 2)
                .converts();
    }

    @Test
    void groupsComeBackAsOneOp() {
        SameDiff graph = image().weights(4, 2, 3, 3).weights(4).set("group", 2).converts();
        assertThat(OnnxGraph.of(SameDiffToOnnx.convert(graph, List.of("y0"))).nodes())
                .extracting(node -> node.type())
                .containsExactly("ConvTranspose");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NCHW", "NHWC"})
    void sameModeInBothLayouts(String layout) {
        for (int stride : new int[] {1, 2, 3}) {
            SameDiff graph = SameDiff.create();
            long[] image = layout.equals("NCHW") ? new long[] {2, 3, 5, 4} : new long[] {2, 5, 4, 3};
            SDVariable x = graph.placeHolder("x", DataType.FLOAT, image);
            DeConv2DConfig config = DeConv2DConfig.builder()
                    .kH(3)
                    .kW(2)
                    .sH(stride)
                    .sW(stride)
                    .isSameMode(true)
                    .dataFormat(layout)
                    .build();
            SDVariable weights = graph.constant("w", Nd4j.rand(DataType.FLOAT, 3, 2, 4, 3));
            SDVariable bias = graph.constant("b", Nd4j.rand(DataType.FLOAT, 4));
            graph.cnn().deconv2d("y", x, weights, bias, config);
            ConvertAssert.assertThatExports(graph, "y");
        }
    }
}
