package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.convert.ConvertAssert.random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Resizing of known and of open sizes, with all coordinates and roundings, and moves between channels and places. */
class ResizeConvertTest {
    private static final Tensor IMAGE = random("x", TensorType.FLOAT32, 2, 3, 5, 6);

    private static OpModel resize(int opset, long... dims) {
        OpModel model = OpModel.of("Resize", opset).feed(dims);
        return model.without();
    }

    @ParameterizedTest
    @CsvSource({
        "half_pixel,round_prefer_floor",
        "half_pixel,round_prefer_ceil",
        "half_pixel,floor",
        "half_pixel,ceil",
        "pytorch_half_pixel,round_prefer_floor",
        "align_corners,round_prefer_floor",
        "align_corners,floor",
        "asymmetric,floor",
        "asymmetric,ceil",
        "asymmetric,round_prefer_floor",
        "asymmetric,round_prefer_ceil",
        "tf_half_pixel_for_nn,floor",
        "half_pixel_symmetric,round_prefer_floor"
    })
    void nearest(String coordinates, String rounding) {
        int opset = coordinates.equals("half_pixel_symmetric") ? 19 : 13;
        for (double scale : new double[] {2, 3, 1.5, 0.6}) {
            for (long size : new long[] {0, -1}) {
                long height = size == 0 ? 5 : -1;
                long width = size == 0 ? 6 : -1;
                resize(opset, 2, 3, height, width)
                        .values(1, 1, scale, 2)
                        .set("coordinate_transformation_mode", coordinates)
                        .set("nearest_mode", rounding)
                        .converts(IMAGE);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "linear,half_pixel", "linear,pytorch_half_pixel", "linear,align_corners", "linear,asymmetric",
        "linear,half_pixel_symmetric", "cubic,half_pixel", "cubic,align_corners", "cubic,asymmetric",
        "cubic,pytorch_half_pixel"
    })
    void interpolation(String mode, String coordinates) {
        int opset = coordinates.equals("half_pixel_symmetric") ? 19 : 13;
        for (double scale : new double[] {2, 1.5, 0.6}) {
            for (long size : new long[] {0, -1}) {
                long height = size == 0 ? 5 : -1;
                long width = size == 0 ? 6 : -1;
                resize(opset, -1, 3, height, width)
                        .values(1, 1, scale, 2)
                        .set("mode", mode)
                        .set("coordinate_transformation_mode", coordinates)
                        .converts(IMAGE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "cubic"})
    void openSizesThatAreOne(String mode) {
        Tensor pixels = ConvertAssert.random("pixels", TensorType.FLOAT32, 2, 3, 1, 1);
        resize(13, 2, 3, -1, -1).values(1, 1, 3, 1.5).set("mode", mode).converts(pixels);
    }

    @Test
    void cubicsOfOtherShape() {
        for (long size : new long[] {6, -1}) {
            resize(13, 2, 3, 5, size)
                    .values(1, 1, 2, 0.7)
                    .set("mode", "cubic")
                    .set("cubic_coeff_a", -0.5)
                    .set("exclude_outside", 1)
                    .converts(IMAGE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nearest", "linear", "cubic"})
    void sizesInPlaceOfScales(String mode) {
        resize(13, 2, 3, 5, 6).without().vector(2, 3, 7, 4).set("mode", mode).converts(IMAGE);
        resize(13, 2, 3, -1, -1).without().vector(2, 3, 7, 4).set("mode", mode).converts(IMAGE);
        OpModel computed =
                resize(13, 2, 3, -1, -1).without().type(OnnxType.INT64).feed(4);
        Tensor sizes = Tensor.ofIntegers(TensorType.INT64, Shape.of(4), new long[] {2, 3, 8, 9});
        computed.type(OnnxType.FLOAT).set("mode", mode).converts(IMAGE, sizes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nearest", "linear"})
    void oneAndThreeSpatialAxes(String mode) {
        resize(13, 2, 3, 5).values(1, 1, 2.5).set("mode", mode).converts();
        resize(13, 1, 2, 3, 4, 5).values(1, 1, 2, 1.5, 2).set("mode", mode).converts();
    }

    @Test
    void namedAxes() {
        resize(18, 2, 3, 5, 6).values(3, 2).list("axes", 2, 3).converts(IMAGE);
        resize(18, 2, 3, 5, 6)
                .without()
                .vector(8, 12)
                .list("axes", 2, 3)
                .set("keep_aspect_ratio_policy", "not_larger")
                .converts(IMAGE);
        resize(18, 2, 3, 5, 6)
                .without()
                .vector(8, 12)
                .list("axes", 2, 3)
                .set("keep_aspect_ratio_policy", "not_smaller")
                .converts(IMAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nearest", "linear"})
    void regions(String mode) {
        OpModel.of("Resize", 13)
                .feed(2, 3, 5, 6)
                .values(0, 0, 0.4, 0.6, 1, 1, 1.2, 1.7)
                .without()
                .vector(2, 3, 4, 3)
                .set("mode", mode)
                .set("coordinate_transformation_mode", "tf_crop_and_resize")
                .set("extrapolation_value", 10.0)
                .converts(IMAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nearest", "linear"})
    void oldOperatorSets(String mode) {
        for (long size : new long[] {6, -1}) {
            OpModel.of("Upsample", 7)
                    .feed(2, 3, 5, size)
                    .floats("scales", 1, 1, 2, 3)
                    .set("mode", mode)
                    .converts(IMAGE);
            OpModel.of("Upsample", 9)
                    .feed(2, 3, 5, size)
                    .values(1, 1, 2, 1.5)
                    .set("mode", mode)
                    .converts(IMAGE);
            OpModel.of("Resize", 10)
                    .feed(2, 3, 5, size)
                    .values(1, 1, 0.6, 2)
                    .set("mode", mode)
                    .converts(IMAGE);
        }
    }

    @Test
    void wholeFactorsAreOneOp() {
        SameDiff graph = resize(13, -1, 3, -1, -1)
                .values(1, 1, 2, 2)
                .set("coordinate_transformation_mode", "asymmetric")
                .set("nearest_mode", "floor")
                .converts(IMAGE);
        assertThat(graph.getOps().values())
                .extracting(op -> op.getOp().opName())
                .containsExactly("upsampling2d");
    }

    @Test
    void smoothingIsRefused() {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(resize(18, 2, 3, 5, 6)
                        .values(1, 1, 0.5, 0.5)
                        .set("mode", "linear")
                        .set("antialias", 1)
                        .build()))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("antialias");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DCR", "CRD"})
    void depthToSpace(String mode) {
        OpModel.of("DepthToSpace", 13)
                .feed(2, 12, 2, 3)
                .set("blocksize", 2)
                .set("mode", mode)
                .converts();
        OpModel.of("DepthToSpace", 13)
                .feed(-1, 8, -1, -1)
                .set("blocksize", 2)
                .set("mode", mode)
                .converts(random("x", TensorType.FLOAT32, 2, 8, 2, 3));
    }

    @Test
    void spaceToDepth() {
        OpModel.of("SpaceToDepth", 13).feed(2, 3, 4, 6).set("blocksize", 2).converts();
        OpModel.of("SpaceToDepth", 13)
                .feed(-1, 3, -1, -1)
                .set("blocksize", 2)
                .converts(random("x", TensorType.FLOAT32, 2, 3, 4, 6));
    }
}
