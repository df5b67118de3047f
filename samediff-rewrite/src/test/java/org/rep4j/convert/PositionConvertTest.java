package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxModelBuilder;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxTensor;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Ops that select by value or position. */
class PositionConvertTest {
    private static Tensor integers(long... values) {
        return Tensor.ofIntegers(TensorType.INT64, Shape.of(values.length), values);
    }

    @ParameterizedTest
    @CsvSource({"-1", "0", "1"})
    void oneHots(int axis) {
        OpModel model =
                OpModel.of("OneHot", 13).type(OnnxType.INT64).feed(3).vector(4).type(OnnxType.FLOAT);
        model.values(-0.1, 0.3).set("axis", axis).converts(integers(0, -1, 7));
        OpModel whole =
                OpModel.of("OneHot", 13).type(OnnxType.INT64).feed(3).vector(4).vector(2, 5);
        whole.set("axis", axis).converts(integers(-4, -5, 3));
    }

    private static OnnxModel topK(int opset, long k, int axis, boolean largest, OnnxType type, long... dims) {
        OnnxModelBuilder builder = new OnnxModelBuilder("topk", opset);
        builder.input("x", type, Shape.of(dims));
        OnnxNode.Builder node = OnnxNode.of("TopK").name("op").reads("x").writes("values", "indices");
        if (opset < 10) {
            node.integer("k", k);
        } else {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putLong(0, k);
            builder.tensor("k", new OnnxTensor(OnnxType.INT64, List.of(1L), bytes::duplicate));
            node.reads("k");
        }
        if (opset >= 11) {
            node.integer("largest", largest ? 1 : 0);
        }
        builder.node(node.integer("axis", axis).build());
        builder.output("values", type, Shape.unknown());
        builder.output("indices", OnnxType.INT64, Shape.unknown());
        return builder.build();
    }

    @ParameterizedTest
    @CsvSource({"9,-1,true", "10,0,true", "11,1,true", "11,-1,false", "13,0,false"})
    void largestAndSmallest(int opset, int axis, boolean largest) {
        ConvertAssert.assertThatConverts(topK(opset, 3, axis, largest, OnnxType.FLOAT, 4, 5, 6));
        ConvertAssert.assertThatConverts(topK(opset, 2, axis, largest, OnnxType.FLOAT, -1, 3, -1));
        if (opset >= 11) {
            ConvertAssert.assertThatConverts(topK(opset, 4, axis, largest, OnnxType.INT64, 5, 4, 6));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,true", "3,true", "7,true", "12,true", "1,false", "4,false", "12,false"})
    void ofEqualElementsTheFirstComeFirst(int k, boolean largest) {
        double[] values = {1, 2, 0, 2, -1, 0, Double.POSITIVE_INFINITY, 1e-42, 2, 1, -1, Double.NEGATIVE_INFINITY};
        Tensor x = Tensor.ofReals(TensorType.FLOAT32, Shape.of(1, 12), values);
        ConvertAssert.assertThatConverts(topK(11, k, -1, largest, OnnxType.FLOAT, 1, 12), Map.of("x", x));
    }

    @Test
    void manyElements() {
        double[] values =
                IntStream.range(0, 1000).mapToDouble(i -> i * 7919 % 100 / 8.0).toArray();
        Tensor x = Tensor.ofReals(TensorType.FLOAT32, Shape.of(1000), values);
        ConvertAssert.assertThatConverts(topK(11, 300, 0, true, OnnxType.FLOAT, 1000), Map.of("x", x));
    }

    @Test
    void moreThanThereAreAreRefused() {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(topK(11, 7, -1, true, OnnxType.FLOAT, 2, 6)))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("7");
    }

    @Test
    void whatIsNotZero() {
        Tensor x = Tensor.ofReals(TensorType.FLOAT32, Shape.of(2, 3), new double[] {0, 1, 0, -2, 0, 3});
        OpModel.of("NonZero", 13).feed(2, 3).type(OnnxType.INT64).converts(x);
        Tensor zeros = Tensor.ofReals(TensorType.FLOAT32, Shape.of(2, 3), new double[6]);
        OpModel.of("NonZero", 13).feed(2, 3).type(OnnxType.INT64).converts(zeros);
    }

    @Test
    void sequencesTurnedAround() {
        Tensor lengths = integers(2, 4, 1);
        OpModel first = OpModel.of("ReverseSequence", 13)
                .feed(4, 3, 2)
                .type(OnnxType.INT64)
                .feed(3);
        first.type(OnnxType.FLOAT)
                .set("time_axis", 0)
                .set("batch_axis", 1)
                .converts(ConvertAssert.random("x", TensorType.FLOAT32, 4, 3, 2), lengths);
        OpModel second = OpModel.of("ReverseSequence", 13)
                .feed(3, 4)
                .type(OnnxType.INT64)
                .feed(3);
        second.type(OnnxType.FLOAT)
                .set("time_axis", 1)
                .set("batch_axis", 0)
                .converts(ConvertAssert.random("x", TensorType.FLOAT32, 3, 4), lengths);
    }
}
