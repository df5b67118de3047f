package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.convert.ConvertAssert.random;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModelBuilder;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxTensor;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Ops that join, split and slice. */
class JoiningConvertTest {
    private static final Tensor X = random("x", TensorType.FLOAT32, 5, 4);

    private static final List<Long> BOUNDS =
            List.of(Long.MIN_VALUE, -4L, -2L, -1L, 0L, 1L, 3L, (long) Integer.MAX_VALUE, Long.MAX_VALUE);

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

    /** What is a slice of 5 elements may be all or nothing of fewer. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 5})
    void allSlicesOfAnAxisThatMayHaveAnySize(long size) {
        OnnxModelBuilder model = new OnnxModelBuilder("slices", 13);
        model.input("x", OnnxType.FLOAT, Shape.of(2, -1));
        model.tensor("axis", vector(1));
        for (long start : BOUNDS) {
            for (long end : BOUNDS) {
                for (long step : List.of(1L, 2L, -1L, -3L)) {
                    if (step < 0 && end >= Integer.MAX_VALUE) {
                        continue; // ONNX Runtime takes it for "to the beginning"
                    }
                    String name = start + ":" + end + ":" + step;
                    model.tensor(name + "/start", vector(start));
                    model.tensor(name + "/end", vector(end));
                    model.tensor(name + "/step", vector(step));
                    model.node(OnnxNode.of("Slice")
                            .name(name)
                            .reads("x", name + "/start", name + "/end", "axis", name + "/step")
                            .writes(name)
                            .build());
                    model.output(name, OnnxType.FLOAT, Shape.of(2, -1));
                }
            }
        }
        ConvertAssert.assertThatConverts(model.build(), Map.of("x", random("x", TensorType.FLOAT32, 2, size)));
    }

    private static OnnxTensor vector(long value) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(0, value);
        return new OnnxTensor(
                OnnxType.INT64, List.of(1L), () -> bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
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

    @Test
    void slicesThatKeepNothingKeepTheirAxes() {
        OpModel.of("Slice", 10).feed(1, 5).vector(5).vector(2).vector(1).converts();
        OpModel.of("Slice", 10)
                .feed(1, 1)
                .vector(2, -1)
                .vector(9, -9)
                .vector(0, 1)
                .vector(3, -2)
                .converts();
        OpModel.of("Slice", 10)
                .feed(7, 6)
                .vector(-7, -8)
                .vector(-6, 0)
                .vector(1, 0)
                .converts();
    }

    @Test
    void slicesOfOpenSizesThatKeepNothingKeepTheirAxes() {
        for (OnnxType type : List.of(OnnxType.FLOAT, OnnxType.INT64, OnnxType.BOOL)) {
            for (long start : new long[] {-1, 1, 3}) {
                Tensor x = random("x", TensorType.valueOf(type == OnnxType.FLOAT ? "FLOAT32" : type.name()), 1, 3);
                OpModel open = OpModel.of("Slice", 13).type(type).feed(-1, 3);
                open.vector(start).vector(-1).vector(0).converts(x);
                OpModel known = OpModel.of("Slice", 13).type(type).feed(-1, 3);
                known.vector(start, 3).vector(Long.MAX_VALUE, 3).vector(0, 1).converts(x);
            }
        }
    }
}
