package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling3DConfig;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.onnx.OnnxType;

/** Pools of ONNX and of SameDiff. */
class PoolingConvertTest {
    private static long[] axes(int axes, long... values) {
        return Arrays.copyOf(values, axes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"MaxPool", "AveragePool", "LpPool"})
    void anyNumberOfAxesAndAnyPadding(String pool) {
        for (int n = 1; n <= 3; n++) {
            long[] image = axes(n + 2, 2, 3, 9, 8, 7);
            long[] kernel = axes(n, 3, 2, 3);
            long[] strides = axes(n, 2, 1, 2);
            OpModel.of(pool, 11).feed(image).list("kernel_shape", kernel).converts();
            OpModel.of(pool, 11)
                    .feed(image)
                    .list("kernel_shape", kernel)
                    .list("strides", strides)
                    .list("pads", axes(2 * n, 1, 1, 1, 1, 1, 1))
                    .converts();
            long[] uneven = new long[2 * n];
            uneven[0] = 1;
            uneven[2 * n - 1] = 1;
            OpModel.of(pool, 11)
                    .feed(image)
                    .list("kernel_shape", kernel)
                    .list("strides", strides)
                    .list("pads", uneven)
                    .converts();
            for (String padding : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
                OpModel.of(pool, 11)
                        .feed(image)
                        .list("kernel_shape", kernel)
                        .list("strides", strides)
                        .set("auto_pad", padding)
                        .converts();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void meansWithAndWithoutPadding(int counted) {
        for (int n = 1; n <= 3; n++) {
            for (int ceil = 0; ceil < 2; ceil++) {
                for (long begin = 0; begin < 2; begin++) {
                    long[] pads = new long[2 * n];
                    Arrays.fill(pads, 1);
                    pads[0] = begin;
                    OpModel.of("AveragePool", 19)
                            .feed(axes(n + 2, 2, 3, 8, 7, 6))
                            .list("kernel_shape", axes(n, 3, 3, 2))
                            .list("strides", axes(n, 2, 3, 2))
                            .list("pads", pads)
                            .set("count_include_pad", counted)
                            .set("ceil_mode", ceil)
                            .converts();
                }
            }
        }
    }

    @Test
    void sizesThatAreNotKnownBeforeTheRun() {
        for (String pool : List.of("MaxPool", "AveragePool")) {
            OpModel.of(pool, 11)
                    .feed(-1, 2, -1, -1)
                    .list("kernel_shape", 2, 2)
                    .list("strides", 2, 2)
                    .set("ceil_mode", 1)
                    .converts();
            OpModel.of(pool, 11)
                    .feed(-1, 2, -1, -1)
                    .list("kernel_shape", 2, 3)
                    .list("strides", 2, 2)
                    .set("auto_pad", "SAME_UPPER")
                    .converts();
        }
    }

    @Test
    void sizesThatAreRoundedUp() {
        for (long size = 5; size < 10; size++) {
            for (long stride = 1; stride < 4; stride++) {
                OpModel.of("MaxPool", 12)
                        .feed(1, 2, size, size)
                        .list("kernel_shape", 3, 2)
                        .list("strides", stride, stride)
                        .list("pads", 1, 0, 1, 1)
                        .set("ceil_mode", 1)
                        .converts();
            }
        }
    }

    @Test
    void dilations() {
        OpModel.of("MaxPool", 12)
                .feed(2, 3, 9, 8)
                .list("kernel_shape", 3, 2)
                .list("dilations", 2, 3)
                .list("pads", 1, 1, 1, 1)
                .converts();
        OpModel.of("MaxPool", 12)
                .feed(2, 3, 9, 8, 7)
                .list("kernel_shape", 3, 2, 2)
                .list("dilations", 2, 3, 1)
                .converts();
        OpModel.of("MaxPool", 12)
                .feed(2, 3, 9)
                .list("kernel_shape", 2)
                .list("dilations", 3)
                .converts();
        for (int counted = 0; counted < 2; counted++) {
            OpModel.of("AveragePool", 19)
                    .feed(2, 3, 9, 8)
                    .list("kernel_shape", 3, 2)
                    .list("dilations", 2, 3)
                    .list("pads", 1, 1, 1, 1)
                    .list("strides", 2, 1)
                    .set("count_include_pad", counted)
                    .converts();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT8", "UINT8", "DOUBLE"})
    void otherTypes(String type) {
        OpModel.of("MaxPool", 12)
                .type(OnnxType.valueOf(type))
                .feed(2, 3, 9, 8)
                .list("kernel_shape", 3, 2)
                .list("pads", 1, 0, 1, 1)
                .converts();
    }

    @Test
    void wholeImages() {
        for (String pool : List.of("GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool")) {
            for (int n = 1; n <= 3; n++) {
                OpModel.of(pool, 13).feed(axes(n + 2, 2, 3, 4, 5, 6)).converts();
            }
            OpModel.of(pool, 13).feed(-1, 3, -1, -1).converts();
        }
    }

    @Test
    void windowsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(OpModel.of("MaxPool", 13)
                        .feed(1, 3, 2, 2)
                        .list("kernel_shape", 3, 3)
                        .build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("window spans 3 elements of axis 2");
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        OpModel.of("MaxPool", 13).feed(1, 3, 2, 2).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("kernel_shape");
    }

    @Test
    void aPlainPoolIsOneOp() {
        SameDiff graph = OpModel.of("AveragePool", 13)
                .feed(1, 3, 8, 8)
                .list("kernel_shape", 3, 3)
                .list("pads", 1, 1, 1, 1)
                .converts();
        assertThat(graph.ops()).extracting(op -> op.opName()).containsExactly("avgpool2d");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void poolsOfSameDiffInBothLayouts(boolean channelsLast) {
        for (PaddingMode mode : List.of(PaddingMode.SAME, PaddingMode.VALID)) {
            SameDiff graph = SameDiff.create();
            long[] image = channelsLast ? new long[] {2, 7, 8, 3} : new long[] {2, 3, 7, 8};
            SDVariable x = graph.placeHolder("x", DataType.FLOAT, image);
            Pooling2DConfig config = Pooling2DConfig.builder()
                    .kH(3)
                    .kW(2)
                    .sH(2)
                    .sW(1)
                    .paddingMode(mode)
                    .isNHWC(channelsLast)
                    .build();
            graph.cnn().maxPooling2d("max", x, config);
            graph.cnn().avgPooling2d("mean", x, config);
            long[] volume = channelsLast ? new long[] {2, 5, 6, 7, 3} : new long[] {2, 3, 5, 6, 7};
            SDVariable v = graph.placeHolder("v", DataType.FLOAT, volume);
            Pooling3DConfig cubic = Pooling3DConfig.builder()
                    .kD(2)
                    .kH(3)
                    .kW(2)
                    .sD(1)
                    .sH(2)
                    .sW(1)
                    .isSameMode(mode == PaddingMode.SAME)
                    .isNCDHW(!channelsLast)
                    .build();
            graph.cnn().maxPooling3d("max3", v, cubic);
            graph.cnn().avgPooling3d("mean3", v, cubic);
            ConvertAssert.assertThatExports(graph, "max", "mean", "max3", "mean3");
        }
    }
}
