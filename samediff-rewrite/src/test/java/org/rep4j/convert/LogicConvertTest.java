package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Comparisons, truth values, choices and casts. */
class LogicConvertTest {
    private static final long[][][] PAIRS = {
        {{2, 3, 4}, {2, 3, 4}},
        {{2, 3, 4}, {4}},
        {{4}, {2, 3, 4}},
        {{2, 1, 4}, {3, 1}},
        {{}, {2, 3}},
        {{2, 3}, {}},
        {{-1, 3}, {3}}
    };

    @ParameterizedTest
    @ValueSource(strings = {"Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"})
    void comparisons(String op) {
        for (OnnxType type : new OnnxType[] {OnnxType.INT32, OnnxType.INT64, OnnxType.FLOAT, OnnxType.DOUBLE}) {
            for (long[][] pair : PAIRS) {
                OpModel.of(op, 16)
                        .type(type)
                        .feed(pair[0])
                        .feed(pair[1])
                        .type(OnnxType.BOOL)
                        .converts();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Equal", "Greater", "Less"})
    void vectorsAndMatricesOfOneElement(String op) {
        OpModel.of(op, 13).feed(4).feed(1, 1).type(OnnxType.BOOL).converts();
        OpModel.of(op, 13).feed(1, 1).weights(4).type(OnnxType.BOOL).converts();
    }

    @ParameterizedTest
    @ValueSource(strings = {"And", "Or", "Xor", "Equal"})
    void truthValues(String op) {
        for (long[][] pair : PAIRS) {
            OpModel.of(op, 13).type(OnnxType.BOOL).feed(pair[0]).feed(pair[1]).converts();
        }
    }

    @Test
    void not() {
        OpModel.of("Not", 13).type(OnnxType.BOOL).feed(2, 3).converts();
        OpModel.of("Not", 13).type(OnnxType.BOOL).feed().converts();
    }

    private static final double[] ODD = {0, 1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};

    private static Map<String, Tensor> odd() {
        return Map.of("x0", Tensor.ofReals(TensorType.FLOAT32, Shape.of(5), ODD));
    }

    @Test
    void whatIsNotANumber() {
        OnnxModel model = OpModel.of("IsNaN", 13).feed(5).type(OnnxType.BOOL).build();
        ConvertAssert.assertThatConverts(model, odd());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 0", "0, 1", "0, 0"})
    void infinityOnEitherSide(long below, long above) {
        OnnxModel model = OpModel.of("IsInf", 10)
                .feed(5)
                .type(OnnxType.BOOL)
                .set("detect_negative", below)
                .set("detect_positive", above)
                .build();
        ConvertAssert.assertThatConverts(model, odd());
    }

    @Test
    void choicesAreBroadcast() {
        long[][][] triples = {
            {{2, 3}, {2, 3}, {2, 3}},
            {{2, 1}, {2, 3}, {3}},
            {{2}, {3, 2}, {3, 2}},
            {{3}, {3, 1}, {2, 1, 1}},
            {{}, {2, 3}, {}},
            {{2, 3}, {}, {}},
            {{-1, 1}, {-1, 4}, {4}},
            {{}, {}, {}}
        };
        for (long[][] triple : triples) {
            OpModel.of("Where", 16)
                    .type(OnnxType.BOOL)
                    .feed(triple[0])
                    .type(OnnxType.FLOAT)
                    .feed(triple[1])
                    .feed(triple[2])
                    .converts();
        }
    }

    @Test
    void choicesOfInfinity() {
        OnnxModel model = OpModel.of("Where", 16)
                .type(OnnxType.BOOL)
                .feed(5)
                .type(OnnxType.FLOAT)
                .feed(5)
                .number(7)
                .build();
        Tensor condition = Tensor.ofIntegers(TensorType.BOOL, Shape.of(5), new long[] {1, 0, 0, 1, 0});
        Tensor x = Tensor.ofReals(TensorType.FLOAT32, Shape.of(5), ODD);
        ConvertAssert.assertThatConverts(model, Map.of("x0", condition, "x1", x));
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT, INT32", "FLOAT, INT64", "FLOAT, BOOL", "FLOAT, DOUBLE", "FLOAT, FLOAT16", "FLOAT, FLOAT",
                "DOUBLE, FLOAT",
        "INT64, FLOAT", "INT64, INT32", "INT64, BOOL", "INT32, INT8", "BOOL, FLOAT", "BOOL, INT64", "UINT8, FLOAT",
        "FLOAT16, FLOAT"
    })
    void casts(OnnxType from, OnnxType to) {
        double[] values = {0, 0.4, -0.6, 2.7, -2.7, 100};
        OnnxModel model = OpModel.of("Cast", 13)
                .type(from)
                .feed(6)
                .type(to)
                .set("to", to.number())
                .build();
        if (from.isFloatingPoint()) {
            TensorType type = from == OnnxType.FLOAT16
                    ? TensorType.FLOAT16
                    : from == OnnxType.DOUBLE ? TensorType.FLOAT64 : TensorType.FLOAT32;
            double[] rounded = from == OnnxType.FLOAT16 ? new double[] {0, 0.5, -0.5, 2.75, -2.75, 100} : values;
            ConvertAssert.assertThatConverts(model, Map.of("x0", Tensor.ofReals(type, Shape.of(6), rounded)));
        } else {
            ConvertAssert.assertThatConverts(model);
        }
    }

    @Test
    void castsToTheTypeOfAnother() {
        OnnxModel model = OpModel.of("CastLike", 15)
                .feed(2, 3)
                .type(OnnxType.INT32)
                .number(1)
                .build();
        ConvertAssert.assertThatConverts(model);
    }

    @Test
    void aCastToWhatSameDiffDoesNotHave() {
        OnnxModel model = OpModel.of("Cast", 19).feed(2).set("to", 17).build();
        assertThatThrownBy(() -> OnnxToSameDiff.convert(model))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("Cast (SameDiff has no elements of ONNX's type 17)");
    }

    private static Stream<UnaryOperator<SDVariable>> comparisonsOfSameDiff() {
        return Stream.of(
                x -> graph(x).gt(x, 0.25),
                x -> graph(x).gte(x, 0.25),
                x -> graph(x).lt(x, 0.25),
                x -> graph(x).lte(x, 0.25),
                x -> graph(x).eq(x, 0),
                x -> graph(x).neq(x, 0),
                x -> x.neq(graph(x).math().abs(x)),
                x -> graph(x).math().isFinite(x),
                x -> graph(x).math().and(x.gt(0), x.lt(1)),
                x -> graph(x).math().or(x.gt(1), x.lt(0)),
                x -> graph(x).math().xor(x.gt(0), x.lt(1)),
                x -> graph(x).where(x, x.mul(-3), x.gt(0)));
    }

    private static SameDiff graph(SDVariable variable) {
        return variable.getSameDiff();
    }

    @ParameterizedTest
    @MethodSource("comparisonsOfSameDiff")
    void nativeComparisons(UnaryOperator<SDVariable> comparison) {
        SameDiff graph = SameDiff.create();
        SDVariable y = comparison.apply(graph.placeHolder("x", DataType.FLOAT, 4, 5));
        ConvertAssert.assertThatExports(graph, y.name());
    }

    @Test
    void aConditionThatChoosesSlicesIsNotWrittenAsOneThatBroadcasts() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 3, 3);
        SDVariable y = graph.where(x, x.add(1), graph.placeHolder("c", DataType.BOOL, 3));
        assertThatThrownBy(() -> SameDiffToOnnx.convert(graph, List.of(y.name())))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("chooses among slices");
    }
}
