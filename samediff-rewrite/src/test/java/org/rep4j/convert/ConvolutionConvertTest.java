package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.onnx.OnnxGraph;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Conv, and SameDiff's convolutions. */
class ConvolutionConvertTest {
    private static OpModel conv(int opset) {
        return OpModel.of("Conv", opset);
    }

    private static OpModel typed(OnnxType type) {
        return conv(17).type(type);
    }

    private static List<String> ops(SameDiff graph) {
        return Arrays.stream(graph.ops()).map(o -> o.opName()).toList();
    }

    @Test
    void aPlainConvolutionIsOneOp() {
        SameDiff graph = conv(11).feed(2, 3, 7, 6)
                .weights(4, 3, 3, 2)
                .weights(4)
                .list("pads", 1, 0, 1, 0)
                .list("strides", 2, 1)
                .converts();
        assertThat(ops(graph)).containsExactly("conv2d");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anyNumberOfSpatialAxes(int axes) {
        long[] image = {2, 4, 9, 8, 7};
        long[] kernel = {6, 4, 3, 2, 3};
        for (String padding : List.of("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")) {
            for (long stride : new long[] {1, 2}) {
                converts(type -> OpModel.of("Conv", 11)
                        .type(type)
                        .feed(Arrays.copyOf(image, axes + 2))
                        .weights(Arrays.copyOf(kernel, axes + 2))
                        .weights(6)
                        .set("auto_pad", padding)
                        .list("strides", Arrays.copyOf(new long[] {stride, stride, stride}, axes)));
            }
        }
    }

    /** Checks a model of floats, and that doubles, which ONNX Runtime does not convolve, come to the same. */
    private static void converts(Function<OnnxType, OpModel> op) {
        OnnxModel model = op.apply(OnnxType.FLOAT).build();
        ConvertAssert.assertThatConverts(model);
        Map<String, Tensor> feeds = ConvertAssert.randomFeeds(model);
        SameDiff doubles = OnnxToSameDiff.convert(op.apply(OnnxType.DOUBLE).build());
        Map<String, Tensor> computed = ConvertAssert.sameDiff(doubles, List.of("y0"), as(TensorType.FLOAT64, feeds));
        assertThat(computed.values()).allMatch(t -> t.type() == TensorType.FLOAT64);
        ConvertAssert.assertSame("of doubles", as(TensorType.FLOAT32, computed), ConvertAssert.runtime(model, feeds));
    }

    private static Map<String, Tensor> as(TensorType type, Map<String, Tensor> tensors) {
        Map<String, Tensor> result = new HashMap<>();
        tensors.forEach((name, t) -> result.put(name, Tensor.ofReals(type, t.shape(), t.reals())));
        return result;
    }

    @Test
    void dilationsWithAnyPaddingAndStride() {
        converts(type ->
                typed(type).feed(2, 3, 12, 11).weights(4, 3, 3, 2).weights(4).list("dilations", 2, 3));
        converts(type -> typed(type)
                .feed(2, 3, 12, 11)
                .weights(4, 3, 3, 3)
                .list("dilations", 2, 2)
                .list("pads", 2, 2, 2, 2));
        converts(type -> typed(type)
                .feed(2, 3, 12, 11)
                .weights(4, 3, 3, 1)
                .list("dilations", 2, 2)
                .list("pads", 5, 1, 5, 1)
                .list("strides", 2, 3));
        converts(type -> typed(type)
                .feed(2, 4, 12, 11)
                .weights(6, 2, 3, 3)
                .weights(6)
                .set("group", 2)
                .list("dilations", 2, 1)
                .list("pads", 1, 2, 0, 1));
        converts(type -> typed(type)
                .feed(2, 3, 12)
                .weights(4, 3, 3)
                .weights(4)
                .list("dilations", 3)
                .list("pads", 2, 2));
        converts(type -> typed(type)
                .feed(2, 3, 7, 8, 9)
                .weights(4, 3, 2, 3, 2)
                .weights(4)
                .list("dilations", 1, 2, 3)
                .list("pads", 0, 1, 1, 0, 1, 1)
                .list("strides", 1, 2, 1));
    }

    @ParameterizedTest
    @CsvSource({"2,3", "4,1", "4,2", "1,4"})
    void groupsComeBackAsOneConvolution(int groups, int filters) {
        OnnxModel model = conv(17).feed(2, 4, 6, 5)
                .weights((long) groups * filters, 4 / groups, 3, 3)
                .weights((long) groups * filters)
                .set("group", groups)
                .list("pads", 1, 1, 0, 2)
                .build();
        SameDiff graph = ConvertAssert.assertThatConverts(model);
        assertThat(OnnxGraph.of(SameDiffToOnnx.convert(graph, List.of("y0"))).nodes())
                .extracting(node -> node.type())
                .containsExactly("Pad", "Conv");
    }

    @Test
    void groupsOfOneAxisAndOfThree() {
        conv(17).feed(2, 4, 9).weights(4, 2, 3).weights(4).set("group", 2).converts();
        conv(17).feed(2, 4, 9)
                .weights(8, 1, 3)
                .weights(8)
                .set("group", 4)
                .list("pads", 1, 1)
                .list("dilations", 2)
                .converts();
        conv(17).feed(2, 4, 5, 6, 7)
                .weights(8, 1, 3, 2, 1)
                .weights(8)
                .set("group", 4)
                .converts();
        conv(17).feed(2, 4, 5, 6, 7).weights(6, 2, 3, 2, 1).set("group", 2).converts();
    }

    @Test
    void weightsThatAreComputed() {
        conv(17).feed(2, 3, 6, 5).feed(4, 3, 3, 2).feed(4).converts();
        conv(17).feed(2, 4, 6, 5).feed(6, 2, 3, 2).feed(6).set("group", 2).converts();
        conv(17).feed(2, 4, 6, 5).feed(8, 1, 3, 2).feed(8).set("group", 4).converts();
        conv(17).feed(2, 3, 8, 9)
                .feed(4, 3, 3, 2)
                .feed(4)
                .list("dilations", 2, 2)
                .converts();
        conv(17).feed(2, 3, 8).feed(4, 3, 3).feed(4).list("dilations", 2).converts();
    }

    @Test
    void sizesThatAreNotKnownBeforeTheRun() {
        for (String padding : List.of("SAME_UPPER", "SAME_LOWER")) {
            conv(17).feed(-1, 2, -1, -1)
                    .weights(4, 2, 3, 2)
                    .weights(4)
                    .set("auto_pad", padding)
                    .list("strides", 2, 2)
                    .converts();
            conv(17).feed(-1, 2, -1, -1)
                    .weights(4, 2, 1, 1)
                    .set("auto_pad", padding)
                    .list("strides", 3, 3)
                    .converts();
        }
        conv(17).feed(-1, 3, -1, -1)
                .weights(4, 3, 3, 3)
                .list("pads", 1, 2, 1, 0)
                .converts();
    }

    @Test
    void whatContradictsItselfIsRefused() {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        conv(17).feed(1, 5, 6, 6).weights(4, 3, 3, 3).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (Conv)");
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        conv(17).feed(1, 3, 2, 6).weights(4, 3, 3, 3).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("window spans 3 elements of axis 2");
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        conv(17).feed(1, 3, 6, 6).weights(4, 3, 3, 3).weights(5).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("bias");
        assertThatThrownBy(() -> OnnxToSameDiff.convert(conv(17).feed(1, 3, 6, 6)
                        .weights(4, 3, 3, 3)
                        .list("strides", 0, 1)
                        .build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("stride");
    }

    private static SDVariable random(SameDiff graph, String name, long... shape) {
        return graph.constant(name, Nd4j.rand(DataType.FLOAT, shape).subi(0.5));
    }

    @ParameterizedTest
    @EnumSource(WeightsFormat.class)
    void allOrdersOfWeightsInBothLayouts(WeightsFormat format) {
        for (String layout : List.of("NCHW", "NHWC")) {
            for (PaddingMode mode : List.of(PaddingMode.SAME, PaddingMode.VALID)) {
                SameDiff graph = SameDiff.create();
                long[] image = layout.equals("NCHW") ? new long[] {2, 3, 7, 8} : new long[] {2, 7, 8, 3};
                SDVariable x = graph.placeHolder("x", DataType.FLOAT, image);
                SDVariable w = switch (format) {
                    case YXIO -> random(graph, "w", 3, 2, 3, 4);
                    case OIYX -> random(graph, "w", 4, 3, 3, 2);
                    case OYXI -> random(graph, "w", 4, 3, 2, 3);
                };
                Conv2DConfig config = Conv2DConfig.builder()
                        .kH(3)
                        .kW(2)
                        .sH(2)
                        .sW(1)
                        .pH(1)
                        .pW(1)
                        .paddingMode(mode)
                        .dataFormat(layout)
                        .weightsFormat(format)
                        .build();
                graph.cnn().conv2d("y", x, w, random(graph, "b", 4), config);
                ConvertAssert.assertThatExports(graph, "y");
            }
        }
    }

    @Test
    void separableAndDepthwiseAndCausalConvolutions() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 2, 3, 7, 8);
        Conv2DConfig config = Conv2DConfig.builder()
                .kH(3)
                .kW(3)
                .dataFormat("NCHW")
                .paddingMode(PaddingMode.SAME)
                .build();
        SDVariable depth = random(graph, "depth", 3, 3, 3, 2);
        SDVariable point = random(graph, "point", 1, 1, 6, 5);
        graph.cnn().depthWiseConv2d("d", x, depth, random(graph, "b1", 6), config);
        graph.cnn().separableConv2d("s", x, depth, point, random(graph, "b2", 5), config);
        SDVariable series = graph.placeHolder("series", DataType.FLOAT, 2, 3, 9);
        Conv1DConfig causal = Conv1DConfig.builder()
                .k(3)
                .s(1)
                .d(1)
                .dataFormat("NCW")
                .paddingMode(PaddingMode.CAUSAL)
                .build();
        graph.cnn().conv1d("c", series, random(graph, "w", 3, 3, 4), random(graph, "b3", 4), causal);
        ConvertAssert.assertThatExports(graph, "d", "s", "c");
    }
}
