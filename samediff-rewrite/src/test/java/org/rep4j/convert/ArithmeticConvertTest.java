package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarFMod;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMin;
import org.nd4j.linalg.api.ops.impl.transforms.same.OneMinus;
import org.nd4j.linalg.api.ops.impl.transforms.same.TimesOneMinus;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Rint;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Arithmetic and functions of numbers. */
class ArithmeticConvertTest {
    private static final long[][][] PAIRS = {
        {{2, 3, 4}, {2, 3, 4}},
        {{2, 3, 4}, {4}},
        {{4}, {2, 3, 4}},
        {{2, 1, 4}, {1, 3, 1}},
        {{3, 1}, {4}},
        {{}, {2, 3}},
        {{2, 3}, {}},
        {{}, {}},
        {{1}, {2, 3}},
        {{1, 1, 1, 1}, {3}},
        {{2, 1, 3, 1, 2}, {4, 1, 5, 1}},
        {{-1, 3}, {3, -1, 1}}
    };

    @ParameterizedTest
    @ValueSource(strings = {"Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Mean"})
    void everyWayOfBroadcasting(String op) {
        for (long[][] pair : PAIRS) {
            OpModel.of(op, 13).feed(pair[0]).feed(pair[1]).converts();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Mean", "Pow"})
    void vectorsAndMatricesOfOneElement(String op) {
        OpModel.of(op, 13).feed(1, 1).positiveWeights(5).converts();
        OpModel.of(op, 13).feed(-1).feed(-1, -1).converts(positive(5), positive(1, 1));
    }

    @Test
    void remaindersOfAMatrixOfOneElement() {
        OpModel.of("Mod", 13).set("fmod", 1).feed(1, -1).positiveWeights(5).converts(positive(1, 1));
    }

    private static Tensor positive(long... dims) {
        double[] values = new double[(int) Shape.of(dims).elements()];
        Arrays.setAll(values, i -> 1.5 + i);
        return Tensor.ofReals(TensorType.FLOAT32, Shape.of(dims), values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sum", "Mean", "Min", "Max"})
    void threeInputs(String op) {
        OpModel.of(op, 13).feed(3, 1).feed(4).feed(2, 1, 1).converts();
        OpModel.of(op, 13).feed(1).feed(1, 1).feed(4).converts();
    }

    @ParameterizedTest
    @EnumSource(
            value = OnnxType.class,
            names = {"INT32", "INT64", "DOUBLE"})
    void arithmeticOfOtherTypes(OnnxType type) {
        for (String op : new String[] {"Add", "Sub", "Mul", "Min", "Max"}) {
            OpModel.of(op, 14).type(type).feed(2, 3).feed(3).converts();
        }
        OpModel.of("Div", 14).type(type).feed(4, 5).number(-4).converts();
    }

    @ParameterizedTest
    @CsvSource({"INT32, 0", "INT64, 0", "INT32, 1", "INT64, 1", "FLOAT, 1", "DOUBLE, 1"})
    void remainders(OnnxType type, long fmod) {
        for (double divisor : new double[] {3, -4}) {
            OpModel.of("Mod", 13)
                    .type(type)
                    .feed(5, 6)
                    .number(divisor)
                    .set("fmod", fmod)
                    .converts();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Div", "Mod"})
    void integersAreNotDividedByZero(String op) {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(OpModel.of(op, 13)
                        .type(OnnxType.INT32)
                        .feed(3)
                        .number(0)
                        .build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (" + op + ")");
    }

    @Test
    void powersHaveTheTypeOfTheBase() {
        OpModel.of("Pow", 13).feed(3, 4).number(3).converts();
        OpModel.of("Pow", 13)
                .feed(3, 4)
                .type(OnnxType.INT64)
                .number(3)
                .type(OnnxType.FLOAT)
                .converts();
        OpModel.of("Pow", 13).type(OnnxType.INT32).feed(3, 4).number(2).converts();
        OpModel.of("Pow", 13)
                .type(OnnxType.INT32)
                .feed(3, 4)
                .type(OnnxType.FLOAT)
                .number(2)
                .type(OnnxType.INT32)
                .converts();
    }

    @ParameterizedTest
    @CsvSource({
        "Abs, -2, 2",
        "Neg, -2, 2",
        "Sign, -2, 2",
        "Sqrt, 0, 4",
        "Exp, -3, 3",
        "Log, 0.1, 4",
        "Reciprocal, 0.5, 4",
        "Floor, -3, 3",
        "Ceil, -3, 3",
        "Round, -3, 3",
        "Sin, -4, 4",
        "Cos, -4, 4",
        "Tan, -1, 1",
        "Asin, -1, 1",
        "Acos, -1, 1",
        "Atan, -4, 4",
        "Sinh, -2, 2",
        "Cosh, -2, 2",
        "Asinh, -4000, 4000",
        "Acosh, 1, 9",
        "Atanh, -0.9, 0.9"
    })
    void functions(String op, double from, double to) {
        int count = 25;
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (from + (to - from) * i / (count - 1)); // halves among them
        }
        Tensor x = Tensor.ofReals(TensorType.FLOAT32, Shape.of(5, 1, 5), values);
        ConvertAssert.assertThatConverts(OpModel.of(op, 13).feed(-1, 1, 5).build(), Map.of("x0", x));
        Tensor scalar = Tensor.ofReals(TensorType.FLOAT32, Shape.of(), new double[] {to});
        ConvertAssert.assertThatConverts(OpModel.of(op, 13).feed().build(), Map.of("x0", scalar));
    }

    private static Stream<UnaryOperator<SDVariable>> functionsOfSameDiff() {
        return Stream.of(
                x -> x.add(2),
                x -> x.sub(2),
                x -> x.rsub(2),
                x -> x.mul(2),
                x -> x.div(2),
                x -> x.rdiv(2),
                x -> graph(x).math().pow(x, 2),
                x -> graph(x).math().square(x),
                x -> graph(x).math().cube(x),
                x -> graph(x).math().round(x),
                x -> graph(x).math().expm1(x),
                x -> graph(x).math().log1p(graph(x).math().abs(x)),
                x -> graph(x).math().rsqrt(graph(x).math().exp(x)),
                x -> graph(x).math().log(graph(x).math().exp(x), 2),
                x -> new Rint(graph(x), x, false).outputVariable(),
                x -> new OneMinus(graph(x), x, false).outputVariable(),
                x -> new TimesOneMinus(graph(x), x, false).outputVariable(),
                x -> new ScalarMax(graph(x), x, 0.5).outputVariable(),
                x -> new ScalarMin(graph(x), x, 0.5).outputVariable(),
                x -> new ScalarFMod(graph(x), x, 0.5).outputVariable());
    }

    private static SameDiff graph(SDVariable variable) {
        return variable.getSameDiff();
    }

    @ParameterizedTest
    @MethodSource("functionsOfSameDiff")
    void nativeFunctions(UnaryOperator<SDVariable> function) {
        SameDiff graph = SameDiff.create();
        SDVariable y = function.apply(graph.placeHolder("x", DataType.FLOAT, 4, 5));
        ConvertAssert.assertThatExports(graph, y.name());
    }

    private static Stream<BiFunction<SDVariable, SDVariable, SDVariable>> arithmeticOfSameDiff() {
        return Stream.of(
                SDVariable::add,
                SDVariable::sub,
                SDVariable::mul,
                SDVariable::div,
                SDVariable::rsub,
                SDVariable::rdiv,
                (x, y) -> x.squaredDifference(y),
                (x, y) -> graph(x).math().floorDiv(x, y),
                (x, y) -> graph(x).math().floorMod(x, y),
                (x, y) -> graph(x).math().mod(x, y),
                (x, y) -> graph(x).math().max(x, y),
                (x, y) -> graph(x).math().min(x, y),
                (x, y) -> graph(x).math().pow(graph(x).math().abs(x), y));
    }

    @ParameterizedTest
    @MethodSource("arithmeticOfSameDiff")
    void nativeArithmetic(BiFunction<SDVariable, SDVariable, SDVariable> function) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 4, 1, 5);
        SDVariable y = function.apply(x, graph.placeHolder("y", DataType.FLOAT, 3, 1));
        ConvertAssert.assertThatExports(graph, y.name());
    }

    @Test
    void nativeMergingOfSeveral() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 4, 5);
        SDVariable y = graph.placeHolder("y", DataType.FLOAT, 4, 5);
        SDVariable n = graph.placeHolder("n", DataType.INT, 4, 5);
        ConvertAssert.assertThatExports(
                graph,
                graph.math().mergeAdd(x, y, x).name(),
                graph.math().mergeAvg(x, y).name(),
                graph.math().mergeMax(x, y, x).name(),
                graph.math().mergeAdd(n, n, n).name());
    }
}
