package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.convert.ConvertAssert.assertThatExports;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BiasAdd;
import org.nd4j.linalg.api.ops.impl.image.ResizeBilinear;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.Shape;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Ops of SameDiff that are several of ONNX, compared with what ONNX Runtime makes of them. */
class FormulaConvertTest {
    private final SameDiff graph = SameDiff.create();

    private SDVariable input(String name, long... dims) {
        return graph.placeHolder(name, DataType.FLOAT, dims);
    }

    @ParameterizedTest
    @CsvSource({"true, false, 1", "false, true, 1", "true, true, 2", "false, false, 0"})
    void variances(boolean corrected, boolean keepsDims, int axis) {
        SDVariable x = input("x", 3, 4, 5);
        SDVariable variance = graph.variance(x, corrected, keepsDims, axis);
        SDVariable deviation = graph.standardDeviation(x, corrected, keepsDims, axis, (axis + 1) % 3);
        assertThatExports(graph, variance.name(), deviation.name());
    }

    @Test
    void variancesOfAllElementsAndOfSingleOnes() {
        SDVariable x = input("x", 3, 1, 5);
        assertThatExports(
                graph,
                graph.variance(x, true).name(),
                graph.variance(x, true, 1).name());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void biases(boolean channelsFirst) {
        SDVariable image = input("image", 2, 3, 4, 3);
        SDVariable row = input("row", 2, 3);
        SDVariable constant = graph.constant(Nd4j.createFromArray(1f, -2f, 3f));
        SDVariable fed = input("bias", 3);
        assertThatExports(
                graph,
                new BiasAdd(graph, image, constant, channelsFirst)
                        .outputVariable()
                        .name(),
                new BiasAdd(graph, image, fed, channelsFirst).outputVariable().name(),
                new BiasAdd(graph, row, fed, channelsFirst).outputVariable().name());
    }

    @Test
    void angles() {
        SDVariable y = input("y", 25);
        SDVariable x = input("x", 25);
        double[] values = {0.0, -0.0, 1.5, -2, Double.POSITIVE_INFINITY};
        double[] ys = new double[25];
        double[] xs = new double[25];
        for (int i = 0; i < ys.length; i++) {
            ys[i] = values[i / 5];
            xs[i] = values[i % 5];
        }
        Shape shape = Shape.of(25);
        assertThatExports(
                graph,
                List.of(graph.math().atan2(y, x).name()),
                Map.of(
                        "y", Tensor.ofReals(TensorType.FLOAT32, shape, ys),
                        "x", Tensor.ofReals(TensorType.FLOAT32, shape, xs)));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false"})
    void attention(boolean scaled, boolean fourAxes) {
        long[] lead = fourAxes ? new long[] {2, 3} : new long[] {2};
        SDVariable q = input("q", dims(lead, 4, 5));
        SDVariable k = input("k", dims(lead, 4, 6));
        SDVariable v = input("v", dims(lead, 3, 6));
        assertThatExports(
                graph, graph.nn().dotProductAttention(q, k, v, null, scaled).name());
    }

    private static long[] dims(long[] lead, long rows, long columns) {
        long[] dims = Arrays.copyOf(lead, lead.length + 2);
        dims[lead.length] = rows;
        dims[lead.length + 1] = columns;
        return dims;
    }

    @Test
    void masksOfAttentionAreRefused() {
        SDVariable q = input("q", 2, 4, 5);
        SDVariable mask = input("mask", 2, 5);
        String output = graph.nn().dotProductAttention(q, q, q, mask, true).name();
        assertThatThrownBy(() -> SameDiffToOnnx.convert(graph, List.of(output)))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("it has a mask");
    }

    private SDVariable[] moments(double shift) {
        return graph.math()
                .normalizeMoments(graph.constant(Nd4j.scalar(4f)), input("sums", 3), input("squares", 3), shift);
    }

    @Test
    void normalizedMoments() {
        SDVariable[] moments = moments(0);
        assertThatExports(graph, moments[0].name(), moments[1].name());
    }

    @Test
    void shiftedMomentsAreRefused() {
        String mean = moments(0.75)[0].name();
        assertThatThrownBy(() -> SameDiffToOnnx.convert(graph, List.of(mean)))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("it shifts the mean");
    }

    @Test
    void triangles() {
        SDVariable x = input("x", 3, 4);
        assertThatExports(
                graph,
                x.mul(graph.linalg().tri(DataType.FLOAT, 3, 4, 1)).name(),
                x.add(graph.linalg().tri(DataType.FLOAT, 3, 4, -1)).name());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2})
    void upperTriangles(int diagonal) {
        String output = graph.linalg().triu(input("x", 2, 4, 4), diagonal).name();
        Map<String, Tensor> feeds = Map.of("x", ConvertAssert.random("x", TensorType.FLOAT32, 2, 4, 4));
        ConvertAssert.assertSame(
                "in ONNX Runtime",
                ConvertAssert.runtime(SameDiffToOnnx.convert(graph, List.of(output)), feeds),
                ConvertAssert.sameDiff(graph, List.of(output), feeds));
        assertThatThrownBy(() -> SameDiffToOnnx.convert(graph, List.of(output), 13))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("opset 13 has no Trilu");
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, 7, 9",
        "true, false, 7, 9",
        "false, true, 7, 9",
        "false, false, 2, 3",
        "true, false, 2, 3",
        "false, true, 2, 3",
        "true, false, 1, 1"
    })
    void imagesResized(boolean alignsCorners, boolean usesMiddles, int height, int width) {
        SDVariable x = input("x", 2, 4, 6, 3);
        SDVariable linear = new ResizeBilinear(graph, x, height, width, alignsCorners, usesMiddles).outputVariable();
        DynamicCustomOp op = new DynamicCustomOp("resize_nearest_neighbor", graph, new SDVariable[] {x}) {
            @Override
            public String opName() {
                return "resize_nearest_neighbor";
            }

            @Override
            public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
                return inputs;
            }

            @Override
            public int getNumOutputs() {
                return 1;
            }
        };
        op.addIArgument(height, width);
        op.addBArgument(alignsCorners, usesMiddles);
        SDVariable nearest = op.outputVariables()[0];
        assertThatExports(graph, linear.name(), nearest.name());
    }
}
