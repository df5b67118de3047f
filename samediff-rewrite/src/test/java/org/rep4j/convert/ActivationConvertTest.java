package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.transforms.custom.ThresholdRelu;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Mish;
import org.nd4j.linalg.api.ops.impl.transforms.strict.RationalTanh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.RectifiedTanh;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Activations, smooth and in pieces. */
class ActivationConvertTest {
    private static final int NEWEST = 21;

    private static List<String> ops(SameDiff graph) {
        return Arrays.stream(graph.ops()).map(op -> op.opName()).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sigmoid",
                "Tanh",
                "Erf",
                "Softsign",
                "Softplus",
                "Mish",
                "Gelu",
                "Relu",
                "LeakyRelu",
                "Elu",
                "Celu",
                "Selu",
                "ThresholdedRelu",
                "HardSigmoid",
                "HardSwish"
            })
    void activationsOfAnyNumberOfAxes(String op) {
        for (long[] shape : new long[][] {{}, {1}, {5}, {-1, 3}, {1, 3, 1}, {2, 3, 4, 5}, {1, 2, 1, 3, 2}}) {
            OpModel.of(op, NEWEST).feed(shape).converts();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sigmoid", "Tanh", "Erf", "Softsign", "Softplus", "Mish", "Gelu", "Elu", "HardSwish"})
    void nothingOverflows(String op) {
        double[] values = {0, 1e-3, -1e-3, 20, -20, 80, -80, 100, -100, 3000, -3000};
        Tensor x = Tensor.ofReals(TensorType.FLOAT32, Shape.of(values.length), values);
        ConvertAssert.assertThatConverts(
                OpModel.of(op, NEWEST).feed(values.length).build(), Map.of("x0", x));
    }

    @Test
    void attributesThatAreNotTheDefault() {
        OpModel.of("Gelu", 20).feed(3, 4).set("approximate", "tanh").converts();
        OpModel.of("LeakyRelu", 7).feed(3, 4).set("alpha", 1.5).converts();
        OpModel.of("Elu", 7).feed(3, 4).set("alpha", 0.3).converts();
        OpModel.of("Elu", 7).feed(3, 4).set("alpha", -2.0).converts();
        OpModel.of("Celu", 12).feed(3, 4).set("alpha", 0.3).converts();
        OpModel.of("Selu", 7).feed(3, 4).set("alpha", 2.0).set("gamma", 3.0).converts();
        OpModel.of("ThresholdedRelu", 10).feed(3, 4).set("alpha", 0.25).converts();
        OpModel.of("HardSigmoid", 7)
                .feed(3, 4)
                .set("alpha", 0.5)
                .set("beta", 0.6)
                .converts();
    }

    @Test
    void anAlphaOfZeroIsInvalid() {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        OpModel.of("Celu", 12).feed(3).set("alpha", 0.0).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (Celu)");
    }

    @Test
    void slopesForEachChannelAreTheNativeOp() {
        SameDiff graph =
                OpModel.of("PRelu", 16).feed(2, 3, 4, 5).weights(3, 1, 1).converts();
        assertThat(ops(graph)).containsExactly("prelu");
    }

    @Test
    void slopesAreBroadcast() {
        for (long[] slopes : new long[][] {{}, {1}, {5}, {4, 5}, {4, 1}, {3, 4, 1}, {2, 1, 1, 5}, {1, 3, 1, 1}}) {
            OpModel.of("PRelu", 9).feed(2, 3, 4, 5).weights(slopes).converts();
        }
        OpModel.of("PRelu", 16).feed(2, 3).weights(3).converts();
        OpModel.of("PRelu", 16).feed(-1, -1, 4).feed(4).converts();
        OpModel.of("PRelu", 16).feed(2, 3, 4).feed(3, 1).converts();
    }

    @ParameterizedTest
    @CsvSource({"-0.5, 0.5", "0, 6", "0.5, 0.5", "0.5, -0.5"})
    void clipWithBounds(double low, double high) {
        OpModel.of("Clip", 13).feed(3, 4).number(low).number(high).converts();
        OpModel.of("Clip", 13).feed(3, 4).feed().number(high).converts();
        OpModel.of("Clip", 11).feed(3, 4).number(low).feed().converts();
    }

    @Test
    void clipWithAttributesOrOneBound() {
        OpModel.of("Clip", 10).feed(3, 4).set("min", -0.5).set("max", 0.5).converts();
        OpModel.of("Clip", 10).feed(3, 4).set("max", 0.5).converts();
        OpModel.of("Clip", 13).feed(3, 4).number(0.25).converts();
        OpModel.of("Clip", 13).feed(3, 4).without().number(0.25).converts();
    }

    @Test
    void clipOfIntegers() {
        for (OnnxType type : List.of(OnnxType.INT32, OnnxType.INT64, OnnxType.INT8, OnnxType.UINT8)) {
            OpModel.of("Clip", 13).type(type).feed(3, 4).number(2).number(5).converts();
        }
    }

    private static Stream<BiFunction<SameDiff, SDVariable, SDVariable>> natives() {
        return Stream.of(
                (graph, x) -> graph.nn().relu(x, 0.5),
                (graph, x) -> graph.nn().relu6(x, 0),
                (graph, x) -> graph.nn().leakyRelu(x, -0.5),
                (graph, x) -> graph.nn().elu(x),
                (graph, x) -> graph.nn().selu(x),
                (graph, x) -> graph.nn().gelu(x),
                (graph, x) -> graph.nn().preciseGelu(x),
                (graph, x) -> graph.nn().hardSigmoid(x),
                (graph, x) -> graph.nn().hardTanh(x),
                (graph, x) -> graph.nn().swish(x),
                (graph, x) -> graph.nn().softplus(x),
                (graph, x) -> graph.nn().logSigmoid(x),
                (graph, x) -> graph.math().erfc(x),
                (graph, x) -> graph.math().step(x, 0.25),
                (graph, x) -> graph.math().clipByValue(x, -0.5, Double.POSITIVE_INFINITY),
                (graph, x) -> new Mish(graph, x, false).outputVariable(),
                (graph, x) -> new RationalTanh(graph, x, false).outputVariable(),
                (graph, x) -> new RectifiedTanh(graph, x, false).outputVariable(),
                (graph, x) -> new ThresholdRelu(graph, x, false, 0.5).outputVariable(),
                (graph, x) -> graph.nn()
                        .prelu(
                                x,
                                graph.constant(Nd4j.createFromArray(0.5f, -2, 3).reshape(3, 1)),
                                2));
    }

    @ParameterizedTest
    @MethodSource("natives")
    void nativeActivations(BiFunction<SameDiff, SDVariable, SDVariable> activation) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 3, 4);
        SDVariable y = activation.apply(graph, x);
        ConvertAssert.assertThatExports(graph, y.name());
    }

    @Test
    void integersAreRectified() {
        OpModel.of("Relu", 14).type(OnnxType.INT32).feed(3, 4).converts();
    }
}
