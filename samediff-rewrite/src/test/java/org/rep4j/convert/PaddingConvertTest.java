package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxModelBuilder;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Pad, and SameDiff's borders. */
class PaddingConvertTest {
    @ParameterizedTest
    @ValueSource(strings = {"constant", "reflect", "edge", "wrap"})
    void allModesOnAllRanks(String mode) {
        pad(19, mode).feed(5).vector(2, 3).converts();
        pad(19, mode).feed(4, 5).vector(1, 2, 3, 0).converts();
        pad(19, mode).feed(2, 3, 4).vector(0, 1, 2, 0, 2, 3).converts();
        pad(19, mode).feed(2, 3, 4, 5).vector(0, 0, 2, 1, 0, 0, 3, 2).converts();
        pad(19, mode).feed(1, 2, 3, 4, 5).vector(0, 0, 1, 1, 2, 0, 1, 2, 3, 2).converts();
    }

    private static OpModel pad(int opset, String mode) {
        return OpModel.of("Pad", opset).set("mode", mode);
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant", "reflect", "edge"})
    void sizesThatAreNotKnownBeforeTheRun(String mode) {
        pad(17, mode).feed(-1, -1, -1).vector(0, 1, 2, 0, 2, 1).converts();
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant", "edge"})
    void negativeAmountsCut(String mode) {
        pad(17, mode).feed(2, 5, 6).vector(0, -1, -2, 0, 2, -1).converts();
        pad(17, mode).feed(2, 5, 6).vector(0, -1, -2, 0, 0, -1).converts();
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        pad(17, mode).feed(2, 3).vector(0, -2, 0, -2).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (Pad): it cuts 4 of 3 elements off");
    }

    @Test
    void negativeAmountsCutAllOfWhatIsFed() {
        Tensor x = ConvertAssert.random("x", TensorType.FLOAT32, 2, 3, 4);
        pad(17, "constant").feed(2, -1, -1).vector(0, -2, 1, 0, -1, -1).converts(x);
        OpModel computed =
                pad(17, "constant").feed(2, 3, 4).type(OnnxType.INT64).feed(6).type(OnnxType.FLOAT);
        computed.converts(x, Tensor.ofIntegers(TensorType.INT64, Shape.of(6), new long[] {0, -2, 1, 0, -1, -1}));
    }

    @Test
    void attributesOfOldOperatorSets() {
        pad(7, "constant").feed(2, 3).list("pads", 1, 0, 2, 3).set("value", 1.5).converts();
        pad(10, "edge").feed(2, 3).list("pads", 1, 0, 2, 3).converts();
    }

    @Test
    void namedAxes() {
        pad(18, "constant")
                .feed(2, 3, 4, 5)
                .vector(1, 2, 3, 0)
                .number(2.5)
                .vector(3, -2)
                .converts();
        pad(18, "reflect").feed(2, 3, 4, 5).vector(1, 2).without().vector(2).converts();
    }

    @ParameterizedTest
    @EnumSource(
            value = OnnxType.class,
            names = {"FLOAT", "DOUBLE", "INT32", "INT64", "INT8", "UINT8"})
    void allTypes(OnnxType type) {
        pad(13, "constant").type(type).feed(2, 3).vector(1, 0, 2, 3).number(7).converts();
        pad(13, "edge").type(type).feed(2, 3).vector(1, 0, 2, 3).converts();
        pad(13, "reflect").type(type).feed(4, 3).vector(1, 0, 2, 2).converts();
    }

    @Test
    void infinity() {
        pad(13, "constant")
                .feed(2, 3)
                .vector(1, 0, 2, 3)
                .number(Double.NEGATIVE_INFINITY)
                .converts();
    }

    @Test
    void amountsAndFillThatAreComputed() {
        OnnxModelBuilder builder = new OnnxModelBuilder("pad", 18);
        builder.input("x", OnnxType.FLOAT, Shape.of(2, 4, 5));
        builder.input("pads", OnnxType.INT64, Shape.of(6));
        builder.input("fill", OnnxType.FLOAT, Shape.of());
        builder.node(OnnxNode.of("Pad").reads("x", "pads", "fill").writes("y").build());
        builder.output("y", OnnxType.FLOAT, Shape.unknown());
        OnnxModel model = builder.build();
        for (long[] pads : List.of(new long[] {0, 1, 2, 0, 0, 3}, new long[] {0, -1, 2, 0, -2, -3})) {
            ConvertAssert.assertThatConverts(
                    model,
                    Map.of(
                            "x", ConvertAssert.random("x", TensorType.FLOAT32, 2, 4, 5),
                            "pads", Tensor.ofIntegers(TensorType.INT64, Shape.of(6), pads),
                            "fill", Tensor.ofReals(TensorType.FLOAT32, Shape.of(), new double[] {1.5})));
        }
    }

    @Test
    void bordersOfSameDiff() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 3, 4);
        SDVariable amounts = graph.constant("amounts", Nd4j.createFromArray(new int[][] {{1, 2}, {0, 3}}));
        graph.nn().pad("constant", x, amounts, PadMode.CONSTANT, 2.5);
        graph.nn().pad("reflect", x, amounts, PadMode.REFLECT, 0);
        graph.nn().pad("symmetric", x, amounts, PadMode.SYMMETRIC, 0);
        ConvertAssert.assertThatExports(graph, "constant", "reflect", "symmetric");
    }
}
