package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.convert.ConvertAssert.random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Ops that repeat tensors, and those that make sizes of tensors and tensors of sizes. */
class ExpansionConvertTest {
    private static Tensor integers(long... values) {
        return Tensor.ofIntegers(TensorType.INT64, Shape.of(values.length), values);
    }

    @ParameterizedTest
    @EnumSource(
            value = OnnxType.class,
            names = {"FLOAT", "INT64", "BOOL"})
    void expansionGoesBothWays(OnnxType type) {
        OpModel.of("Expand", 13).type(type).feed(3, 1).vector(2, 1, 4).converts();
        OpModel.of("Expand", 13).type(type).feed(2, 3, 4).vector(1, 4).converts();
        OpModel.of("Expand", 13).type(type).feed(-1, 1).vector(1, 5).converts();
        OpModel.of("Expand", 13).type(type).feed().vector(2, 2).converts();
        OpModel.of("Expand", 13).type(type).feed(1, 3).vector(0, 3).converts();
    }

    @Test
    void computedExpansions() {
        Tensor x = random("x", TensorType.FLOAT32, 3, 1);
        OpModel wider = OpModel.of("Expand", 13).feed(3, 1).type(OnnxType.INT64).feed(3);
        wider.type(OnnxType.FLOAT).converts(x, integers(2, 1, 4));
        OpModel narrower =
                OpModel.of("Expand", 13).feed(3, 1).type(OnnxType.INT64).feed(1);
        narrower.type(OnnxType.FLOAT).converts(x, integers(4));
        OpModel tile = OpModel.of("Tile", 13).feed(3, 1).type(OnnxType.INT64).feed(2);
        tile.type(OnnxType.FLOAT).converts(x, integers(2, 3));
    }

    @Test
    void tiles() {
        OpModel.of("Tile", 13).feed(2, 3).vector(2, 2).converts();
        OpModel.of("Tile", 13).feed(-1, 3).vector(1, 2).converts();
        OpModel.of("Tile", 13).type(OnnxType.INT64).feed(2).vector(3).converts();
        OpModel.of("Tile", 13).type(OnnxType.BOOL).feed(2).vector(3).converts();
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        OpModel.of("Tile", 13).feed(2, 3).vector(2).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op");
    }

    @ParameterizedTest
    @CsvSource({"0,4", "1,3", "-2,4", "0,-1", "-9,9"})
    void shapesFromAxisToAxis(long start, long end) {
        OpModel.of("Shape", 15)
                .feed(-1, 3, -1, 5)
                .type(OnnxType.INT64)
                .set("start", start)
                .set("end", end)
                .converts();
    }

    @Test
    void sizes() {
        OpModel.of("Shape", 13).feed(-1, 3).type(OnnxType.INT64).converts();
        OpModel.of("Size", 13).feed(-1, 3, 2).type(OnnxType.INT64).converts();
    }

    @Test
    void constantsOfComputedShape() {
        OpModel zeros = OpModel.of("ConstantOfShape", 13).type(OnnxType.INT64).feed(2);
        zeros.type(OnnxType.FLOAT).converts(integers(2, 3));
        OpModel none = OpModel.of("ConstantOfShape", 13).type(OnnxType.INT64).feed(2);
        none.type(OnnxType.FLOAT).converts(integers(0, 3));
    }

    @ParameterizedTest
    @CsvSource({"1,9,3", "9,1,-3", "10,6,-3", "4,4,1", "5,1,2"})
    void rangesOfIntegers(long start, long limit, long delta) {
        OpModel.of("Range", 13)
                .type(OnnxType.INT64)
                .feed()
                .feed()
                .feed()
                .converts(scalar(start), scalar(limit), scalar(delta));
    }

    private static Tensor scalar(long value) {
        return Tensor.ofIntegers(TensorType.INT64, Shape.of(), new long[] {value});
    }

    private static Tensor scalar(double value) {
        return Tensor.ofReals(TensorType.FLOAT32, Shape.of(), new double[] {value});
    }

    @Test
    void rangesOfNumbers() {
        OpModel.of("Range", 13).feed().feed().feed().converts(scalar(1.0), scalar(2.5), scalar(0.25));
        OpModel.of("Range", 13).feed().feed().feed().converts(scalar(1.0), scalar(-1.0), scalar(-0.75));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 2})
    void diagonals(long k) {
        OpModel.of("EyeLike", 13).feed(3, -1).set("k", k).converts();
        OpModel.of("EyeLike", 13)
                .feed(-1, 4)
                .type(OnnxType.INT64)
                .set("dtype", 7)
                .set("k", k)
                .converts();
        OpModel.of("Trilu", 14)
                .feed(2, 3, 4)
                .integers(new long[0], k)
                .set("upper", 0)
                .converts();
        OpModel.of("Trilu", 14).feed(-1, 3, -1).set("upper", 1).converts();
    }

    @Test
    void takesTheTriangleOfOneRowOrColumn() {
        for (OnnxType type : new OnnxType[] {OnnxType.INT64, OnnxType.FLOAT}) {
            OpModel.of("Trilu", 14).type(type).feed(1, 2).set("upper", 0).converts();
            OpModel.of("Trilu", 14).type(type).feed(3, 1).converts();
        }
    }
}
