package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.convert.ConvertAssert.random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Ops that join, split and slice. */
class JoiningConvertTest {
    private static final Tensor X = random("x", TensorType.FLOAT32, 5, 4);

    private static Tensor integers(long... values) {
        return Tensor.ofIntegers(TensorType.INT64, Shape.of(values.length), values);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1})
    void concatenation(int axis) {
        OpModel.of("Concat", 13)
                .feed(2, 3, 2)
                .feed(2, 3, 2)
                .weights(2, 3, 2)
                .set("axis", axis)
                .converts();
        OpModel.of("Concat", 13).feed(2, 3).set("axis", axis).converts();
        OpModel.of("Concat", 13)
                .type(OnnxType.INT64)
                .feed(2, 3)
                .feed(2, 3)
                .set("axis", axis)
                .converts();
        OpModel.of("Concat", 13)
                .type(OnnxType.BOOL)
                .feed(2, 3)
                .feed(2, 3)
                .set("axis", axis)
                .converts();
        OpModel.of("Concat", 13).feed(-1, -1).feed(-1, -1).set("axis", axis).converts();
    }

    @Test
    void nothingIsJoinedToo() {
        OpModel.of("Concat", 13).feed(0, 3).feed(2, 3).set("axis", 0).converts();
    }

    @Test
    void equalParts() {
        OpModel.of("Split", 11).feed(2, 6).outputs(3).set("axis", 1).converts();
        OpModel.of("Split", 13).feed(-1, 6).outputs(2).set("axis", -1).converts();
        OpModel.of("Split", 13).feed(-1, 2).outputs(3).converts();
        OpModel.of("Split", 18).feed(6, 2).outputs(3).set("num_outputs", 3).converts();
        OpModel.of("Split", 13).feed(6, 2).outputs(1).converts();
    }

    @Test
    void unequalParts() {
        OpModel.of("Split", 11)
                .feed(2, 6)
                .outputs(3)
                .set("axis", 1)
                .list("split", 1, 2, 3)
                .converts();
        OpModel.of("Split", 13)
                .feed(2, -1)
                .vector(1, 2)
                .outputs(2)
                .set("axis", 1)
                .converts();
        OpModel.of("Split", 18).feed(7, 2).outputs(3).set("num_outputs", 3).converts();
        OpModel.of("Split", 18).feed(-1, 2).outputs(2).set("num_outputs", 2).converts();
        OpModel sizes = OpModel.of("Split", 13).feed(5, 4).type(OnnxType.INT64).feed(2);
        sizes.type(OnnxType.FLOAT).outputs(2).converts(X, integers(4, 1));
    }

    @Test
    void partsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(OpModel.of("Split", 13)
                        .feed(2, 6)
                        .vector(2, 5)
                        .set("axis", 1)
                        .outputs(2)
                        .build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op");
    }

    @ParameterizedTest
    @CsvSource({
        "1,3,1",
        "-2,100,1",
        "0,-1,2",
        "1,9223372036854775807,1",
        "3,0,-1",
        "-1,-100,-1",
        "100,-100,-2",
        "4,-9223372036854775808,-3",
        "2,2,1",
        "3,1,1",
        "0,3,-1",
        "-100,2,1",
        "7,9,1"
    })
    void slices(long start, long end, long step) {
        OpModel.of("Slice", 13)
                .feed(5, 4)
                .vector(start)
                .vector(end)
                .vector(0)
                .vector(step)
                .converts();
        OpModel.of("Slice", 13)
                .feed(-1, 4)
                .vector(start)
                .vector(end)
                .vector(-2)
                .vector(step)
                .converts(X);
        OpModel.of("Slice", 13)
                .type(OnnxType.BOOL)
                .feed(-1)
                .vector(start)
                .vector(end)
                .vector(0)
                .vector(step)
                .converts();
        OpModel computed = OpModel.of("Slice", 13).feed(-1, 4).type(OnnxType.INT64);
        computed.feed(1).feed(1).vector(0).feed(1).type(OnnxType.FLOAT);
        computed.converts(X, integers(start), integers(end), integers(step));
    }

    @Test
    void slicesUpToTheLastOfAnUnknownNumber() {
        OpModel.of("Slice", 13).feed(-1, 4).vector(0).vector(-1).vector(0).converts(X);
    }

    @Test
    void slicesOfSeveralAxes() {
        OpModel.of("Slice", 9)
                .feed(5, 4)
                .list("starts", 1, -3)
                .list("ends", 4, -1)
                .converts();
        OpModel.of("Slice", 9)
                .feed(5, -1, 4)
                .list("starts", 1)
                .list("ends", 4)
                .list("axes", 2)
                .converts();
        OpModel.of("Slice", 13)
                .feed(5, 4)
                .vector(1, 3)
                .vector(5, 0)
                .vector(0, 1)
                .vector(2, -2)
                .converts();
    }

    @Test
    void slicesOfComputedAxes() {
        OpModel all = OpModel.of("Slice", 13)
                .feed(5, 4)
                .type(OnnxType.INT64)
                .feed(2)
                .feed(2)
                .feed(2)
                .feed(2);
        all.type(OnnxType.FLOAT).converts(X, integers(3, 1), integers(-5, 3), integers(1, 0), integers(-1, 1));
        OpModel bounds =
                OpModel.of("Slice", 13).feed(5, 4).type(OnnxType.INT64).feed(2).feed(2);
        bounds.type(OnnxType.FLOAT).converts(X, integers(3, 1), integers(9, 3));
    }
}
