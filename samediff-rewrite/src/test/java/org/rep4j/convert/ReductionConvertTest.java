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
import org.nd4j.linalg.api.ops.impl.reduce.custom.LogSumExp;
import org.nd4j.linalg.api.ops.impl.reduce.floating.AMean;
import org.nd4j.linalg.api.ops.impl.reduce.same.AMax;
import org.nd4j.linalg.api.ops.impl.reduce.same.AMin;
import org.nd4j.linalg.api.ops.impl.reduce.same.Sum;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Reductions, and what works along an axis. */
class ReductionConvertTest {
    private static final long[][] AXES = {{0}, {1}, {-1}, {2, 0}, {-1, -3}, {0, 1, 2}};

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ReduceSum",
                "ReduceProd",
                "ReduceMax",
                "ReduceMin",
                "ReduceMean",
                "ReduceL1",
                "ReduceL2",
                "ReduceSumSquare",
                "ReduceLogSumExp"
            })
    void everyWayToNameAxes(String op) {
        for (long keep : new long[] {0, 1}) {
            for (long[] axes : AXES) {
                OpModel.of(op, 18)
                        .feed(2, 3, 4)
                        .vector(axes)
                        .set("keepdims", keep)
                        .converts();
                if (!op.equals("ReduceSum")) {
                    OpModel.of(op, 13)
                            .feed(-1, 3, -1)
                            .list("axes", axes)
                            .set("keepdims", keep)
                            .converts();
                }
            }
            OpModel.of(op, 18).feed(2, 3, 4).set("keepdims", keep).converts();
        }
        OpModel.of(op, 11).feed(2, 1, 3, 1, 2).list("axes", 1, -2).converts();
        OpModel.of(op, 11).feed().converts();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceMean", "ReduceL1", "ReduceL2"})
    void integers(String op) {
        OpModel.of(op, 13).type(OnnxType.INT32).feed(3, 4).converts();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ReduceSum", "ReduceMax", "ReduceMin", "ReduceMean", "ReduceProd"})
    void axesThatAreFed(String op) {
        OnnxModel model = OpModel.of(op, 18)
                .feed(2, 3, 4)
                .type(OnnxType.INT64)
                .feed(2)
                .type(OnnxType.FLOAT)
                .build();
        Map<String, Tensor> feeds = Map.of(
                "x0", ConvertAssert.random("x", TensorType.FLOAT32, 2, 3, 4),
                "x1", Tensor.ofIntegers(TensorType.INT64, Shape.of(2), new long[] {-1, 0}));
        SameDiff graph = OnnxToSameDiff.convert(model);
        Map<String, Tensor> right = ConvertAssert.runtime(model, feeds);
        ConvertAssert.assertSame("in SameDiff", ConvertAssert.sameDiff(graph, List.of("y0"), feeds), right);
        OnnxModel back = SameDiffToOnnx.convert(graph, List.of("y0"), 18);
        ConvertAssert.assertSame("written back", ConvertAssert.runtime(back, feeds), right);
    }

    @Test
    void logarithmsOfSums() {
        double[] large = {1000, 1001, -1000, -1001, 3, 4};
        OnnxModel sums =
                OpModel.of("ReduceLogSumExp", 13).feed(3, 2).list("axes", 1).build();
        ConvertAssert.assertThatConverts(sums, Map.of("x0", Tensor.ofReals(TensorType.FLOAT32, Shape.of(3, 2), large)));
        OnnxModel logSum =
                OpModel.of("ReduceLogSum", 13).feed(3, 2).list("axes", 0).build();
        double[] positive = {1, 2, 3, 4, 5, 6};
        ConvertAssert.assertThatConverts(
                logSum, Map.of("x0", Tensor.ofReals(TensorType.FLOAT32, Shape.of(3, 2), positive)));
    }

    @Test
    void anAxisThatIsNotThere() {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        OpModel.of("ReduceMean", 13).feed(2, 3).list("axes", 2).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (ReduceMean)");
    }

    private static final long[][] SOFTMAX_SHAPES = {
        {2, 3}, {2, 3, 4}, {2, 3, 1, 1}, {2, 3, 4, 5}, {1, 2, 3, 2, 2}, {-1, 3, -1}, {-1, 3, -1, -1}
    };

    @ParameterizedTest
    @CsvSource({"Softmax, 13", "LogSoftmax, 13", "Softmax, 11", "LogSoftmax, 11", "Softmax, 7", "LogSoftmax, 7"})
    void softmaxOldAndNew(String op, int opset) {
        for (long[] shape : SOFTMAX_SHAPES) {
            for (int axis = opset < 11 ? 0 : -shape.length; axis < shape.length; axis++) {
                OpModel.of(op, opset).feed(shape).set("axis", axis).converts();
            }
        }
        OpModel.of(op, opset).feed(2, 3, 4).converts();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Softmax", "LogSoftmax"})
    void softmaxOfAVector(String op) {
        OpModel.of(op, 13).feed(4).converts();
    }

    @Test
    void hardmax() {
        OpModel.of("Hardmax", 13).feed(2, 3, 4).set("axis", 1).converts();
        OpModel.of("Hardmax", 11).feed(2, 5).converts();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ArgMax", "ArgMin"})
    void placesOfExtremes(String op) {
        for (long keep : new long[] {0, 1}) {
            for (long axis : new long[] {0, 1, -1}) {
                OpModel.of(op, 13)
                        .feed(2, -1, 4)
                        .type(OnnxType.INT64)
                        .set("axis", axis)
                        .set("keepdims", keep)
                        .converts();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ArgMax", "ArgMin"})
    void theLastOfEqualElements(String op) {
        OnnxModel model = OpModel.of(op, 13)
                .feed(2, 3)
                .type(OnnxType.INT64)
                .set("axis", 1)
                .set("select_last_index", 1)
                .build();
        Map<String, Tensor> feeds =
                Map.of("x0", Tensor.ofReals(TensorType.FLOAT32, Shape.of(2, 3), new double[] {1, 1, 0, 0, 2, 2}));
        ConvertAssert.assertThatConverts(model, feeds);
    }

    @ParameterizedTest
    @CsvSource({"FLOAT", "INT32", "INT64"})
    void runningSums(OnnxType type) {
        for (long exclusive : new long[] {0, 1}) {
            for (long reverse : new long[] {0, 1}) {
                for (double axis : new double[] {0, -1}) {
                    OpModel.of("CumSum", 14)
                            .type(type)
                            .feed(3, 4)
                            .type(OnnxType.INT64)
                            .number(axis)
                            .type(type)
                            .set("exclusive", exclusive)
                            .set("reverse", reverse)
                            .converts();
                }
            }
        }
    }

    @Test
    void runningSumsOfHalfPrecision() {
        SameDiff graph = SameDiff.create();
        graph.cumsum("sums", graph.placeHolder("x", DataType.HALF, 3, 4), true, false, 1);
        ConvertAssert.assertThatExports(graph, "sums");
    }

    private static Stream<UnaryOperator<SDVariable>> reductionsOfSameDiff() {
        return Stream.of(
                x -> graph(x).sum(x, true, 1),
                x -> graph(x).mean(x, false, 0, 2),
                x -> graph(x).max(x, false),
                x -> graph(x).min(x, true),
                x -> graph(x).prod(x, 2),
                x -> graph(x).norm1(x, 1),
                x -> graph(x).norm2(x, true, 1, 2),
                x -> graph(x).squaredNorm(x, 1),
                x -> graph(x).normmax(x, 1),
                x -> graph(x).math().asum(x, 1),
                x -> new AMax(graph(x), x, new int[] {1}).outputVariable(),
                x -> new AMin(graph(x), x, new int[] {1}).outputVariable(),
                x -> new AMean(graph(x), x, new int[] {1}).outputVariable(),
                x -> new LogSumExp(graph(x), x, true, new int[] {1}).outputVariable(),
                x -> new Sum(graph(x), x, graph(x).constant(Nd4j.createFromArray(-1, 0)), false).outputVariable(),
                x -> graph(x).argmax(x, 1),
                x -> graph(x).argmin(x, true, -1),
                x -> graph(x).argmax(x),
                x -> graph(x).math().iamax(x, 2),
                x -> graph(x).cumsum(x, false, true, 1),
                x -> graph(x).nn().softmax(x, 1),
                x -> graph(x).nn().logSoftmax(x, 1),
                x -> graph(x).nn().logSoftmax(x));
    }

    private static SameDiff graph(SDVariable variable) {
        return variable.getSameDiff();
    }

    @ParameterizedTest
    @MethodSource("reductionsOfSameDiff")
    void nativeReductions(UnaryOperator<SDVariable> reduction) {
        SameDiff graph = SameDiff.create();
        SDVariable y = reduction.apply(graph.placeHolder("x", DataType.FLOAT, 2, 3, 4));
        ConvertAssert.assertThatExports(graph, y.name());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ReduceSum", "ReduceMax", "ReduceMin", "ReduceMean", "ReduceProd", "ReduceL2", "ReduceLogSumExp"
            })
    void reducesAxesOfOneElementOfAMatrix(String op) {
        for (int keep = 0; keep <= 1; keep++) {
            OpModel.of(op, 11).feed(1, 5).list("axes", 0).set("keepdims", keep).converts();
            OpModel.of(op, 11).feed(5, 1).list("axes", 1).set("keepdims", keep).converts();
            OpModel.of(op, 11)
                    .feed(-1, -1)
                    .list("axes", 0)
                    .set("keepdims", keep)
                    .converts(random(1, 4));
            OpModel.of(op, 11)
                    .feed(-1, -1)
                    .list("axes", 0)
                    .set("keepdims", keep)
                    .converts(random(3, 1));
        }
    }

    private static Tensor random(long... dims) {
        return ConvertAssert.random("x", TensorType.FLOAT32, dims);
    }
}
